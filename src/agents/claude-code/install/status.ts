import { parse } from "jsonc-parser";
import { arrayOf, objectOf } from "../rows.ts";
import { ownBinary } from "./command.ts";

/** What settings.json says of hooks. */
export interface HookStatus {
  /** Events that start this program. */
  wired: string[];
  /** Executables that they start. */
  binaryPaths: string[];
  /** Hooks of others. */
  foreign: number;
  disableAllHooks: boolean;
}

/** Reads the hooks of a settings file; a broken file is one without hooks. */
export function hookStatus(text: string): HookStatus {
  const settings = objectOf(parse(text.replace(/^\ufeff/, ""), [], { allowTrailingComma: true }));
  const status: HookStatus = {
    wired: [],
    binaryPaths: [],
    foreign: 0,
    disableAllHooks: settings?.disableAllHooks === true,
  };
  for (const [event, blocks] of Object.entries(objectOf(settings?.hooks) ?? {})) {
    for (const block of arrayOf(blocks)) {
      for (const hook of arrayOf(objectOf(block)?.hooks)) {
        const command = objectOf(hook)?.command;
        const binary = typeof command === "string" ? ownBinary(command) : null;
        if (binary === null) status.foreign++;
        else {
          if (!status.wired.includes(event)) status.wired.push(event);
          if (!status.binaryPaths.includes(binary)) status.binaryPaths.push(binary);
        }
      }
    }
  }
  return status;
}
