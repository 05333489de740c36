import type { MockApi } from "./mockApi.ts";

interface ToolResult {
  type: string;
  tool_use_id: string;
  is_error?: boolean;
  content: string | { type: string; text?: string }[];
}

/** What the model was given for each tool that it asked for, by the tool's name. */
export function toolResults(mock: MockApi): Map<string, { isError: boolean; text: string }> {
  const names = new Map<string, string>();
  const results = new Map<string, { isError: boolean; text: string }>();
  const body = mock.seen.findLast(({ body }) => (body?.messages?.length ?? 0) > 2)?.body;
  for (const { content } of body?.messages ?? []) {
    if (typeof content === "string") continue;
    for (const part of content as unknown as (ToolResult & { id?: string; name?: string })[]) {
      if (part.type === "tool_use") names.set(part.id ?? "", part.name ?? "");
      if (part.type !== "tool_result") continue;
      const text =
        typeof part.content === "string" ? part.content : part.content.map(({ text = "" }) => text).join("\n");
      results.set(names.get(part.tool_use_id) ?? "", { isError: part.is_error === true, text });
    }
  }
  return results;
}
