import { eventsFor } from "../../../../src/agents/claude-code/install/events.ts";
import { planInstall, planUninstall } from "../../../../src/agents/claude-code/install/plan.ts";

/** A path that a careless installer breaks. */
export const BINARY = "/opt/my tools/it's $HERE/cc-ledger";
export const EVENTS = eventsFor("2.1.330");

export function install(text: string | null, binaryPath = BINARY, events = EVENTS): string {
  return planInstall({ text, binaryPath, events }).after;
}

export function uninstall(text: string | null): string {
  return planUninstall({ text }).after;
}

/** A command hook as somebody else would write it. */
export function hook(command: string): { type: "command"; command: string } {
  return { type: "command", command };
}
