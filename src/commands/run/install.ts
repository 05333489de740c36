import { accessSync, constants, existsSync, readFileSync, realpathSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { applyPlan } from "../../agents/claude-code/install/apply.ts";
import { clientVersion } from "../../agents/claude-code/install/clientVersion.ts";
import { renderDiff } from "../../agents/claude-code/install/diff.ts";
import { eventsFor } from "../../agents/claude-code/install/events.ts";
import { type Plan, planInstall, planUninstall } from "../../agents/claude-code/install/plan.ts";
import { configDirs } from "../../agents/claude-code/layout.ts";
import { UserError } from "../../platform/errors.ts";
import { writeOut } from "../../render/write.ts";
import type { Context } from "../context.ts";
import type { InstallFlags } from "../install.ts";

/** Settings of the first config folder: the one that Claude Code itself uses. */
function settingsPath(context: Context): string {
  const dirs = configDirs(context.env);
  const dir = context.env.CLAUDE_CONFIG_DIR ? dirs[0] : (dirs.find((one) => existsSync(one)) ?? dirs[0]);
  if (dir === undefined) throw new UserError("no config folder of Claude Code", "Set CLAUDE_CONFIG_DIR.");
  return join(resolve(dir), "settings.json");
}

function executable(flags: InstallFlags): string {
  const chosen = flags.binary ?? process.execPath;
  const path = isAbsolute(chosen) ? chosen : resolve(chosen);
  if (!existsSync(path)) throw new UserError(`${path} does not exist`);
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new UserError(`${path} cannot be executed`, `chmod +x ${path}`);
  }
  return flags.binary === undefined ? realpathSync(path) : path;
}

async function carryOut(plan: Plan, path: string, dryRun: boolean, done: string): Promise<void> {
  for (const note of plan.notes) await writeOut(`${note}\n`);
  if (!plan.changed) await writeOut(`${path} needs no change.\n`);
  else if (dryRun) await writeOut(`${renderDiff(plan.before, plan.after)}\nNothing was written.\n`);
  else {
    applyPlan(plan, path);
    await writeOut(`${done} ${path}\n`);
  }
}

export async function install(this: Context, flags: InstallFlags): Promise<void> {
  const path = settingsPath(this);
  const text = existsSync(path) ? readFileSync(path, "utf8") : null;
  const version = await clientVersion(this.env);
  const plan = planInstall({ text, binaryPath: executable(flags), events: eventsFor(version) });
  await carryOut(plan, path, flags.dryRun, "Hooks wired in");
}

export async function uninstall(this: Context, flags: InstallFlags): Promise<void> {
  const path = settingsPath(this);
  const text = existsSync(path) ? readFileSync(path, "utf8") : null;
  await carryOut(planUninstall({ text }), path, flags.dryRun, "Hooks taken out of");
}
