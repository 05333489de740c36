import { UserError } from "../../../platform/errors.ts";
import { WIRED_NAMES } from "./events.ts";
import { notJsonLine, readHooks, splitBom } from "./settings.ts";
import { readStatuslineEntry } from "./statusline.ts";

/** How the hooks of a settings file stand. */
export interface HookStatus {
  /** Events that start this program, in the order of the file. */
  wired: string[];
  /** Events that do not, though a current client would run them. */
  missing: string[];
  /** Executables that they start. */
  binaryPaths: string[];
  /** How many hooks of others there are. */
  foreign: number;
  disableAllHooks: boolean;
  /** Executable that the statusline starts, null where it is none of ours. */
  statusline: string | null;
  /** What keeps the client from loading the file, or keeps this program from editing it; null where nothing does. */
  problem: string | null;
}

/** Reads the hooks of a settings text; "" for no file. A broken file counts as one without hooks, with its problem. */
export function hookStatus(text: string): HookStatus {
  const status: HookStatus = {
    wired: [],
    missing: [],
    binaryPaths: [],
    foreign: 0,
    disableAllHooks: false,
    statusline: null,
    problem: null,
  };
  const { body } = splitBom(text);
  try {
    if (body.trim() !== "") fill(status, body);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    status.problem = error.message;
  }
  status.missing = WIRED_NAMES.filter((name) => !status.wired.includes(name));
  return status;
}

function fill(status: HookStatus, body: string): void {
  const { entries, disableAllHooks } = readHooks(body);
  for (const { event, binary } of entries) {
    if (binary === null) status.foreign++;
    else {
      if (!status.wired.includes(event)) status.wired.push(event);
      if (!status.binaryPaths.includes(binary)) status.binaryPaths.push(binary);
    }
  }
  status.disableAllHooks = disableAllHooks;
  status.statusline = readStatuslineEntry(body)?.binary ?? null;
  const line = notJsonLine(body);
  if (line !== null)
    status.problem = `settings.json has a comment or a trailing comma in line ${line}, which Claude Code refuses`;
}
