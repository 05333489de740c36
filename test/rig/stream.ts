import { DEFAULT_USAGE, type MockUsage, type Step } from "./script.ts";

interface TextBlock {
  type: "text";
  text: string;
}
interface ThinkingBlock {
  type: "thinking";
  thinking: string;
  signature: string;
}
interface ToolUseBlock {
  type: "tool_use";
  id: string;
  name: string;
  input: unknown;
}
type Block = TextBlock | ThinkingBlock | ToolUseBlock;

/** A complete answer of the Messages API. */
interface MockMessage {
  id: string;
  type: "message";
  role: "assistant";
  model: string;
  content: Block[];
  stop_reason: "tool_use" | "end_turn";
  stop_sequence: null;
  usage: MockUsage;
}

/** The answer that a step describes. `serial` makes the ids unique within the process that answers. */
export function messageFor(step: Step, requestedModel: string, serial: string): MockMessage {
  const content: Block[] = [];
  if (step.thinking !== undefined)
    content.push({ type: "thinking", thinking: step.thinking, signature: "c2lnbmF0dXJl" });
  for (let part = 0; part < (step.blocks ?? 0); part++) content.push({ type: "text", text: `part ${part}` });
  const tools = step.tools ?? (step.tool === undefined ? [] : [{ tool: step.tool, input: step.input }]);
  if (step.say !== undefined || tools.length === 0) content.push({ type: "text", text: step.say ?? "ok" });
  tools.forEach((use, at) => {
    content.push({ type: "tool_use", id: `toolu_01Mock${serial}x${at}`, name: use.tool, input: use.input ?? {} });
  });
  return {
    id: `msg_01Mock${serial}`,
    type: "message",
    role: "assistant",
    model: step.model ?? requestedModel,
    content,
    stop_reason: tools.length > 0 ? "tool_use" : "end_turn",
    stop_sequence: null,
    usage: { ...DEFAULT_USAGE, ...step.usage },
  };
}

function frame(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}

function blockEvents(block: Block, index: number): string[] {
  const opened: object =
    block.type === "text"
      ? { type: "text", text: "" }
      : block.type === "thinking"
        ? { type: "thinking", thinking: "", signature: "" }
        : { ...block, input: {} };
  const deltas: object[] =
    block.type === "text"
      ? [{ type: "text_delta", text: block.text }]
      : block.type === "thinking"
        ? [
            { type: "thinking_delta", thinking: block.thinking },
            { type: "signature_delta", signature: block.signature },
          ]
        : [{ type: "input_json_delta", partial_json: JSON.stringify(block.input) }];
  return [
    frame("content_block_start", { index, content_block: opened }),
    ...deltas.map((delta) => frame("content_block_delta", { index, delta })),
    frame("content_block_stop", { index }),
  ];
}

/** The answer as server-sent events. As in the real API the first event carries a placeholder of one output token
 *  and the last but one the final usage. */
export function eventsOf(message: MockMessage): string[] {
  const started = { ...message, content: [], stop_reason: null, usage: { ...message.usage, output_tokens: 1 } };
  delete (started.usage as Partial<MockUsage>).iterations;
  return [
    frame("message_start", { message: started }),
    ...message.content.flatMap(blockEvents),
    frame("message_delta", {
      delta: { stop_reason: message.stop_reason, stop_sequence: null },
      usage: message.usage,
    }),
    frame("message_stop", {}),
  ];
}
