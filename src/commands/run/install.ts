import { accessSync, constants, existsSync, readFileSync, realpathSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { applyPlan } from "../../agents/claude-code/install/apply.ts";
import { clientVersion } from "../../agents/claude-code/install/clientVersion.ts";
import { renderDiff } from "../../agents/claude-code/install/diff.ts";
import { eventsFor } from "../../agents/claude-code/install/events.ts";
import { type Plan, planInstall, planUninstall } from "../../agents/claude-code/install/plan.ts";
import { UserError } from "../../platform/errors.ts";
import { ledgerPaths } from "../../platform/paths.ts";
import { writeOut } from "../../render/write.ts";
import { type Context, withLedger } from "../context.ts";
import { isHolding, settingsPath } from "../guardHooks.ts";
import type { InstallFlags } from "../install.ts";

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
  const binaryPath = executable(flags);
  const holding = await isHoldingUp(this);
  const { statusline } = flags;
  const plan = planInstall({ text, binaryPath, events: eventsFor(version, holding), statusline });
  await carryOut(plan, path, flags.dryRun, statusline ? "Hooks and statusline wired in" : "Hooks wired in");
}

/** Whether hard limits ask for the hooks that hold something up; no where there is no book, and where it cannot be read. */
async function isHoldingUp(context: Context): Promise<boolean> {
  if (!existsSync(ledgerPaths(context.env).db)) return false;
  return withLedger(context, ({ db }) => isHolding(db), { catchUp: false });
}

export async function uninstall(this: Context, flags: InstallFlags): Promise<void> {
  const path = settingsPath(this);
  const text = existsSync(path) ? readFileSync(path, "utf8") : null;
  const plan = planUninstall({ text, ...(flags.statusline ? { only: "statusline" } : {}) });
  await carryOut(plan, path, flags.dryRun, flags.statusline ? "Statusline taken out of" : "Hooks taken out of");
}
