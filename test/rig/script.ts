/** The prompt is the script: a JSON array of steps, one per model response. A sub-agent gets its own script as the
 *  `prompt` of an `Agent` step, so that one prompt describes a whole tree of runs. */

/** One entry of `usage.iterations[]`. */
interface Iteration {
  type: "message" | "advisor_message" | "compaction";
  model?: string;
  input_tokens: number;
  output_tokens: number;
  cache_read_input_tokens?: number;
  cache_creation_input_tokens?: number;
  cache_creation?: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number };
}

/** `usage` of a response as the Messages API reports it. */
export interface MockUsage {
  input_tokens: number;
  output_tokens: number;
  cache_read_input_tokens: number;
  cache_creation_input_tokens: number;
  cache_creation?: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number } | null;
  server_tool_use?: { web_search_requests: number; web_fetch_requests?: number };
  service_tier?: string;
  inference_geo?: string;
  speed?: string;
  iterations?: Iteration[];
}

/** A tool the model asks for. */
export interface ToolStep {
  tool: string;
  input?: unknown;
}

/** What the model does in one response. */
export interface Step {
  /** Text of the response. */
  say?: string;
  /** A tool use; with `tools`, several in one response. */
  tool?: string;
  input?: unknown;
  tools?: ToolStep[];
  /** A thinking block of this text comes first. */
  thinking?: string;
  /** So many text blocks before the rest: one response becomes several transcript lines. */
  blocks?: number;
  /** Merged over {@link DEFAULT_USAGE}. */
  usage?: Partial<MockUsage>;
  /** Model that the response names; the requested one without it. */
  model?: string;
  /** This HTTP status for the first `times` (1) tries of the step, then the response. */
  status?: number;
  times?: number;
  /** Wait before the response, milliseconds. */
  delayMs?: number;
  /** The connection breaks after so many server-sent events, for the first `times` (1) tries of the step. */
  cutAfterEvents?: number;
}

/** Usage of a step that names none: every token class is used, so that a class which is left out shows. */
export const DEFAULT_USAGE: MockUsage = {
  input_tokens: 12,
  output_tokens: 77,
  cache_read_input_tokens: 20_000,
  cache_creation_input_tokens: 1_000,
  cache_creation: { ephemeral_5m_input_tokens: 600, ephemeral_1h_input_tokens: 400 },
  service_tier: "standard",
  inference_geo: "not_available",
};

interface Part {
  type: string;
  text?: string;
}

/** A message of a request body, as far as the script needs it. */
export interface RequestMessage {
  role: string;
  content: string | Part[];
}

/** A step found in a request, with what tells it from other steps. */
interface Found {
  step: Step;
  /** The same for every try of the same step of the same conversation. */
  key: string;
}

/** Text parts of a message. */
export function textsOf(message: RequestMessage): string[] {
  if (typeof message.content === "string") return [message.content];
  return message.content.flatMap((part) => (part.type === "text" && part.text !== undefined ? [part.text] : []));
}

function parseScript(text: string): Step[] | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith("[{")) return null;
  try {
    return JSON.parse(trimmed.slice(0, trimmed.lastIndexOf("]") + 1)) as Step[];
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The step that answers this conversation: the latest script in it, advanced by the responses given since.
 *  Null where the conversation holds no script, which is how a request of the client's own (a title, a summary) shows. */
export function stepFor(messages: readonly RequestMessage[]): Found | null {
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at];
    if (message === undefined || message.role !== "user") continue;
    for (const text of textsOf(message)) {
      const script = parseScript(text);
      if (script === null) continue;
      const done = messages.slice(at + 1).filter((later) => later.role === "assistant").length;
      return { step: script[done] ?? { say: "done" }, key: `${at}:${done}:${text}` };
    }
  }
  return null;
}
