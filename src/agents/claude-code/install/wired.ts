import type { Env } from "../../../platform/paths.ts";
import { under } from "../../../platform/plainPaths.ts";
import { configDirs } from "../layout.ts";
import { hookCommand, ownBinary } from "./command.ts";

/** Whether the user's settings start this program at an event (as the command line writes it), with an executable that exists. A hook of the
 *  plugin then leaves the work to that one. Settings that cannot be read start nothing, in the client as well. */
export async function isWiredBySettings(env: Env, event: string): Promise<boolean> {
  const [dir] = configDirs(env);
  if (dir === undefined) return false;
  const file = Bun.file(under(dir, "settings.json"));
  const text = (await file.exists()) ? await file.text() : "";
  const binaries = binariesOf(text, event);
  for (const binary of binaries) {
    // A path with a variable in it is the shell's to resolve.
    if (binary.includes("$") || (await Bun.file(binary).exists())) return true;
  }
  return false;
}

/** Executables that a settings text starts at an event. */
function binariesOf(text: string, event: string): string[] {
  // Most settings need no parsing to see that they do not.
  if (!text.includes(hookCommand("cc-ledger", event).slice("cc-ledger".length))) return [];
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch {
    return [];
  }
  const found: string[] = [];
  for (const { command } of commandsIn(settings)) {
    const binary = command.endsWith(` ${event}`) ? ownBinary(command) : null;
    if (binary !== null) found.push(binary);
  }
  return found;
}

interface Command {
  command: string;
}

/** Every command below `hooks`, whatever the shape of what lies between. */
function commandsIn(settings: unknown): Command[] {
  const hooks = isObject(settings) ? settings.hooks : null;
  return isObject(hooks)
    ? Object.values(hooks)
        .flatMap((blocks) => (Array.isArray(blocks) ? blocks : []))
        .flatMap((block) => (isObject(block) && Array.isArray(block.hooks) ? block.hooks : []))
        .filter((hook): hook is Command => isObject(hook) && typeof hook.command === "string")
    : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
