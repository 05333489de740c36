import { arrayOf, objectOf, type Row } from "./rows.ts";

/** Starts of texts that the client puts into user rows itself. */
const CLIENT_TEXTS = [
  "<local-command",
  "<system-reminder",
  "<task-notification",
  "<bash-stdout",
  "<bash-stderr",
  "Caveat:",
  "[Request interrupted",
];

/** Text of the prompt that a user row holds, or null when no person asked anything in it: tool results, meta rows,
 *  compaction summaries, notifications of the client and sub-agents' rows. */
export function humanPromptText(row: Row): string | null {
  if (row.isSidechain === true || row.isMeta === true || row.isCompactSummary === true) return null;
  if (row.isVisibleInTranscriptOnly === true || row.toolUseResult !== undefined) return null;
  const origin = objectOf(row.origin)?.kind;
  if (origin === "task-notification" || row.turnOrigin === "task_notification") return null;
  const content = objectOf(row.message)?.content;
  const text = typeof content === "string" ? content : blockText(arrayOf(content));
  if (text === null) return null;
  const start = text.trimStart();
  if (start === "" || CLIENT_TEXTS.some((prefix) => start.startsWith(prefix))) return null;
  return start;
}

/** Text blocks joined; null where a block is a tool result. An image alone is a prompt too. */
function blockText(blocks: readonly unknown[]): string | null {
  let text = "";
  for (const value of blocks) {
    const block = objectOf(value);
    if (block?.type === "tool_result") return null;
    if (block?.type === "text" && typeof block.text === "string") {
      if (!CLIENT_TEXTS.some((prefix) => (block.text as string).trimStart().startsWith(prefix)))
        text += `${block.text}\n`;
    } else if (block?.type === "image") text += "[image]\n";
  }
  return text;
}
