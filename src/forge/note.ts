/** The note that a commit carries in `refs/notes/cc-ledger`: what its sessions cost, without prompts, names or paths. */

export interface NoteSession {
  /** Keyed hash of the session's id: equal in all notes of one ledger, meaningless elsewhere. 16 hexadecimal digits. */
  key: string;
  agent: string;
  models: string[];
  tokens: { input: number; output: number; cacheRead: number; cacheWrite5m: number; cacheWrite1h: number };
  /** Nano-dollars. */
  costNanoUsd: number;
}

export interface CommitNote {
  version: 1;
  tool: string;
  sessions: NoteSession[];
  /** Added lines of the commit, and how many of them agents wrote. */
  lines: { added: number; agent: number };
}

const MAX_SESSIONS = 200;
const MAX_COUNT = 1e15;
const MAX_NOTE = 1 << 20;

/** The note as text; equal notes give equal texts. */
export function formatNote(note: CommitNote): string {
  const { version, tool, lines } = note;
  const sessions = note.sessions.map(({ key, agent, models, tokens, costNanoUsd }) => ({
    key,
    agent,
    models: [...models].sort(),
    tokens: {
      input: tokens.input,
      output: tokens.output,
      cacheRead: tokens.cacheRead,
      cacheWrite5m: tokens.cacheWrite5m,
      cacheWrite1h: tokens.cacheWrite1h,
    },
    costNanoUsd,
  }));
  sessions.sort((a, b) => (a.key < b.key ? -1 : 1));
  return `${JSON.stringify({ version, tool, sessions, lines: { added: lines.added, agent: lines.agent } }, null, 1)}\n`;
}

type Fields = Record<string, unknown>;

/** Reads a note that anybody may have written: null for whatever is not exactly one. */
export function parseNote(text: string): CommitNote | null {
  if (text.length > MAX_NOTE) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const note = fieldsOf(value);
  if (note === null || note.version !== 1 || !Array.isArray(note.sessions) || note.sessions.length > MAX_SESSIONS)
    return null;
  const sessions = note.sessions.map(sessionOf);
  const lines = fieldsOf(note.lines);
  const added = countOf(lines?.added);
  const agent = countOf(lines?.agent);
  if (added === null || agent === null || !sessions.every((one) => one !== null)) return null;
  return {
    version: 1,
    tool: typeof note.tool === "string" ? note.tool.slice(0, 60) : "",
    sessions,
    lines: { added, agent },
  };
}

function sessionOf(value: unknown): NoteSession | null {
  const fields = fieldsOf(value);
  const tokens = fieldsOf(fields?.tokens);
  if (fields === null || tokens === null || !Array.isArray(fields.models) || fields.models.length > 50) return null;
  if (typeof fields.key !== "string" || !/^[0-9a-f]{16}$/.test(fields.key) || typeof fields.agent !== "string")
    return null;
  const [input, output, cacheRead, cacheWrite5m, cacheWrite1h, costNanoUsd] = [
    tokens.input,
    tokens.output,
    tokens.cacheRead,
    tokens.cacheWrite5m,
    tokens.cacheWrite1h,
    fields.costNanoUsd,
  ].map(countOf);
  if (input == null || output == null || cacheRead == null || cacheWrite5m == null || cacheWrite1h == null) return null;
  if (costNanoUsd == null || !fields.models.every((model) => typeof model === "string")) return null;
  return {
    key: fields.key,
    agent: fields.agent.slice(0, 60),
    models: fields.models.map((model) => model.slice(0, 120)),
    tokens: { input, output, cacheRead, cacheWrite5m, cacheWrite1h },
    costNanoUsd,
  };
}

function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

function countOf(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= MAX_COUNT ? value : null;
}
