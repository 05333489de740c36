import type { Env } from "../platform/paths.ts";
import type { FileEvents } from "./events.ts";

/** A log file as it stands on disk. */
export interface SourceFile {
  path: string;
  inode: number;
  size: number;
  mtimeMs: number;
  /** `log` grows line by line; `sidecar` is small and always read whole. */
  kind: "log" | "sidecar";
}

/** A folder that was searched for logs, and what stood in the way. */
export interface Listing {
  roots: string[];
  files: SourceFile[];
  /** Folders or files that could not be looked at. */
  problems: { path: string; message: string }[];
}

/** A file that a tool has just changed, with what it held before where the agent says so. */
export interface Snapshot {
  keyHigh: number;
  keyLow: number;
  path: string;
  before: string | null;
}

/** What a hook payload says itself, and which files it makes worth looking at. */
export interface HookPayload {
  sessionId: string;
  /** The prompt that it belongs to, "" where the client does not say. */
  promptKey: string;
  /** Id of the tool use that it asks about, "" where it asks about none. */
  toolUseId: string;
  events: FileEvents;
  /** Files that were edited just now, for those who keep copies. */
  snapshots: Snapshot[];
  /** Logs that may have grown: the session's own and a sub-agent's. */
  files: string[];
  /** Folder of the session's sub-agents, to be listed where all of them count; null elsewhere. */
  subagentsDir: string | null;
}

/** Reads one log in stretches. */
export interface LogReader {
  /** Reads the whole lines of `data`, answers how many bytes they take; with `final` also a complete last line that lacks
   *  its newline. */
  feed(data: Buffer, final: boolean): number;
  /** The events since the last call. */
  drain(): FileEvents;
  /** What a reader must be given to go on where this one stands. */
  saveState(): string;
  /** Counts a line that was too long to be read. */
  skipOversized(): void;
}

/** An agent's adapter: where its logs are, and how they become events. It knows nothing of money or of the book. */
export interface AgentAdapter {
  readonly name: string;
  /** Folders that hold logs, existing ones only. */
  roots(env: Env): string[];
  /** All log files below the roots. */
  list(roots: readonly string[]): Listing;
  /** What a hook payload says itself; null where it is no object with a session id. `billing` stamps the session. */
  payload(event: string, text: string, nowMs: number, billing: string | undefined): HookPayload | null;
  /** A reader for one file; `state` is what an earlier reader saved, "" at the start of the file. */
  reader(path: string, state: string): LogReader;
}
