import type { LimitSample } from "../agents/statusline.ts";
import type { StatuslineReport } from "../reports/statusline.ts";
import type { WrapMemory } from "./wrap.ts";

/** What one run leaves to the next of the same session. */
export interface Memory {
  atMs: number;
  /** What the figures depend on: the input, and size and time of the log. */
  key: string;
  /** Size and time of the session's log. */
  logMark: string;
  report: StatuslineReport | null;
  behind: boolean;
  template: string;
  branch: string | null;
  /** The windows as the agent told them. */
  heard: LimitSample[];
  /** Of the wrapped command, null where there was none. */
  wrap: WrapMemory | null;
  /** What was printed. */
  text: string;
}

/** Layout of the memory; another one is none. */
const VERSION = 1;

export function memoryText(memory: Memory): string {
  return JSON.stringify({ version: VERSION, ...memory });
}

/** Reads what {@link memoryText} wrote; null for anything else. Our own file, so only its version is looked at. */
export function memoryOf(text: string | undefined): Memory | null {
  if (text === undefined) return null;
  try {
    const value = JSON.parse(text) as Memory & { version: number };
    return value.version === VERSION ? value : null;
  } catch {
    return null;
  }
}
