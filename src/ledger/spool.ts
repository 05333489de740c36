import { fs } from "../platform/builtins.ts";
import { messageOf } from "../platform/errors.ts";
import { under } from "../platform/plainPaths.ts";

/** A payload that could not be put into the book when it came. */
export interface Spooled {
  path: string;
  agent: string;
  event: string;
  atMs: number;
  payload: string;
}

const MAX_PAYLOAD_BYTES = 16 << 20;
const MAX_DRAINED = 10_000;

/** Keeps a payload in the spool: one file, written aside and renamed, so that it is there whole or not at all.
 *  Throws what the file system throws. */
export function spool(folder: string, entry: Omit<Spooled, "path">, pid: number): string {
  fs().mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = `${String(entry.atMs).padStart(14, "0")}-${pid}-${Math.random().toString(36).slice(2, 10)}.json`;
  const path = under(folder, name);
  const temporary = `${path}.tmp`;
  fs().writeFileSync(temporary, JSON.stringify({ ...entry, payload: entry.payload.slice(0, MAX_PAYLOAD_BYTES) }), {
    mode: 0o600,
  });
  fs().renameSync(temporary, path);
  return path;
}

/** Whether anything waits in the spool; one `readdir` at most. */
export function hasSpooled(folder: string): boolean {
  return (
    fs().existsSync(folder) &&
    fs()
      .readdirSync(folder)
      .some((name) => name.endsWith(".json"))
  );
}

/** Waiting payloads, oldest first, at most ten thousand at a time. A file that holds no payload is set aside as `.bad`. */
export function readSpool(folder: string, onBad: (path: string, message: string) => void): Spooled[] {
  if (!fs().existsSync(folder)) return [];
  const names = fs()
    .readdirSync(folder)
    .filter((name) => name.endsWith(".json"));
  const entries: Spooled[] = [];
  for (const name of names.sort().slice(0, MAX_DRAINED)) {
    const path = under(folder, name);
    try {
      if (fs().statSync(path).size > 2 * MAX_PAYLOAD_BYTES) throw new Error("larger than any payload");
      entries.push(parse(path, fs().readFileSync(path, "utf8")));
    } catch (error) {
      if (!fs().existsSync(path)) continue;
      fs().renameSync(path, `${path}.bad`);
      onBad(path, messageOf(error));
    }
  }
  return entries;
}

function parse(path: string, text: string): Spooled {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new Error("no object");
  const { agent, event, atMs, payload } = value as Record<string, unknown>;
  if (
    typeof agent !== "string" ||
    typeof event !== "string" ||
    typeof atMs !== "number" ||
    typeof payload !== "string"
  ) {
    throw new Error("not a spooled payload");
  }
  return { path, agent, event, atMs, payload };
}

/** Removes a payload that is in the book now. */
export function removeSpooled(entry: Spooled): void {
  fs().rmSync(entry.path, { force: true });
}
