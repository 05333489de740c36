import type { CommitNote } from "./note.ts";

/** Found again by this line, which a reader does not see. */
export const MARKER = "<!-- cc-ledger -->";

export interface CommentInput {
  notes: { sha: string; note: CommitNote }[];
  commitsWithoutNote: number;
  linesAdded: number;
  /** Median cost of the repo's pull requests, null where too few are known. */
  medianNanoUsd: number | null;
}

const MAX_CELL = 80;

/** Text from outside as Markdown that shows it and does nothing else: no tags, links, images or mentions. */
export function escapeMarkdown(text: string): string {
  const plain = [...text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")].slice(0, MAX_CELL).join("");
  return plain
    .replace(/[^\p{L}\p{N} .,:;%$+/=?-]/gu, (char) => `&#${char.codePointAt(0)};`)
    .replace(/:\/\//g, ":&#47;&#47;")
    .replace(/www\./gi, "www&#46;");
}

/** Dollars of a cost: two decimals, four below a cent. */
export function dollars(nano: number): string {
  if (nano === 0) return "$0.00";
  if (nano < 100_000) return "&lt;$0.0001";
  if (nano < 10_000_000) return `$${(Math.round(nano / 100_000) / 10_000).toFixed(4)}`;
  const cents = Math.round(nano / 10_000_000);
  return `$${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
}

function count(value: number): string {
  if (value < 10_000) return String(value);
  return value < 10_000_000 ? `${(value / 1000).toFixed(1)}K` : `${(value / 1_000_000).toFixed(1)}M`;
}

/** The comment on a pull request: what it cost and how much of it agents wrote. Everything in it is escaped. */
export function renderComment(input: CommentInput): string {
  const sessions = input.notes.flatMap(({ note }) => note.sessions);
  const cost = sessions.reduce((sum, one) => sum + one.costNanoUsd, 0);
  const tokens = sessions.reduce(
    (sum, one) => sum + Object.values(one.tokens).reduce((all, value) => all + value, 0),
    0,
  );
  const agent = input.notes.reduce((sum, { note }) => sum + note.lines.agent, 0);
  const share =
    input.linesAdded > 0 ? ` (${Math.min(100, Math.round((100 * agent) / input.linesAdded))} % of the diff)` : "";
  const ratio =
    input.medianNanoUsd !== null && input.medianNanoUsd > 0
      ? ` (${(cost / input.medianNanoUsd).toFixed(1)} x the median)`
      : "";
  const keys = new Set(sessions.map((one) => one.key)).size;
  const rows = [
    ["Cost", `**${dollars(cost)}**${ratio}`],
    ["Sessions", String(keys)],
    ["Tokens", count(tokens)],
    ["Lines by agents", `${count(agent)}${share}`],
    ["Commits", `${input.notes.length + input.commitsWithoutNote}, ${input.notes.length} of them with a note`],
    [
      "Models",
      [...new Set(sessions.flatMap((one) => one.models))].sort().slice(0, 20).map(escapeMarkdown).join(", ") || "none",
    ],
  ];
  const missing =
    input.commitsWithoutNote === 0
      ? ""
      : `\n${input.commitsWithoutNote} commits carry no note: no agent worked on them, or its ledger did not write one.\n`;
  return `${MARKER}\n### What this pull request cost\n\n| | |\n|---|---|\n${rows.map(([name, value]) => `| ${name} | ${value} |`).join("\n")}\n${missing}`;
}
