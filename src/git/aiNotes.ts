import { unquote } from "./log.ts";
import { type GitPlace, git } from "./run.ts";

/** Notes of the git-ai standard (refs/notes/ai, authorship/3.x): who wrote which lines of a commit. They are read, never written. */

export interface AiLines {
  path: string;
  /** First and last line, both included. */
  ranges: [number, number][];
  /** The agent's own id of the session, "" where the note does not say. */
  sessionId: string;
}

const MAX_ENTRIES = 20_000;

/** Reads one note. Lines under a person's key are left out; whatever cannot be read is passed over. */
export function parseAiNote(text: string): AiLines[] {
  const [head = "", tail = ""] = text.split(/^---$/m);
  let meta: { prompts?: Record<string, Named>; sessions?: Record<string, Named> } = {};
  try {
    const value: unknown = JSON.parse(tail);
    if (typeof value === "object" && value !== null) meta = value;
  } catch {
    return [];
  }
  const found: AiLines[] = [];
  let path = "";
  for (const line of head.split("\n").slice(0, MAX_ENTRIES)) {
    if (line !== "" && !line.startsWith(" ")) path = unquote(line);
    const entry = /^ {2}(\S+) ([\d,-]+)$/.exec(line);
    const key = entry?.[1] ?? "";
    if (entry === null || path === "" || key.startsWith("h_")) continue;
    const named = meta.sessions?.[key.split("::")[0] ?? ""] ?? meta.prompts?.[key];
    const id = named?.agent_id?.id;
    found.push({ path, ranges: rangesOf(entry[2] ?? ""), sessionId: typeof id === "string" ? id.slice(0, 200) : "" });
  }
  return found;
}

interface Named {
  agent_id?: { id?: unknown };
}

function rangesOf(text: string): [number, number][] {
  const ranges: [number, number][] = [];
  for (const part of text.split(",").slice(0, MAX_ENTRIES)) {
    const [from, to] = part.split("-").map(Number);
    if (from === undefined || !Number.isSafeInteger(from) || from < 1) continue;
    const last = to === undefined || Number.isNaN(to) ? from : to;
    if (last >= from && last - from < 1_000_000) ranges.push([from, last]);
  }
  return ranges;
}

/** Notes of git-ai on these commits. No notes, or none that can be read, is an empty map. */
export async function readAiNotes(place: GitPlace, shas: ReadonlySet<string>): Promise<Map<string, AiLines[]>> {
  const list = await git(place, ["notes", "--ref=refs/notes/ai", "list"]);
  const entries = list.out
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([blob, sha]) => /^[0-9a-f]{40,64}$/.test(blob ?? "") && shas.has(sha ?? ""));
  if (list.code !== 0 || entries.length === 0) return new Map();
  return new Map(
    (
      await readBlobs(
        place,
        entries.map(([blob]) => blob as string),
      )
    ).map((text, at) => [entries[at]?.[1] as string, parseAiNote(text)]),
  );
}

/** Texts of blobs, in the order asked for; those behind one that is missing are left out. */
export async function readBlobs(place: GitPlace, blobs: readonly string[]): Promise<string[]> {
  const answer = await git(place, ["cat-file", "--batch"], { input: `${blobs.join("\n")}\n` });
  const bytes = Buffer.from(answer.out);
  const texts: string[] = [];
  for (let at = 0; texts.length < blobs.length; ) {
    const end = bytes.indexOf(10, at);
    const size = end < 0 ? Number.NaN : Number(/ blob (\d+)$/.exec(bytes.toString("utf8", at, end))?.[1] ?? Number.NaN);
    if (Number.isNaN(size)) break;
    texts.push(bytes.toString("utf8", end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return texts;
}
