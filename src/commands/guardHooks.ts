import type { Database } from "bun:sqlite";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { applyPlan } from "../agents/claude-code/install/apply.ts";
import { clientVersion } from "../agents/claude-code/install/clientVersion.ts";
import { eventsFor } from "../agents/claude-code/install/events.ts";
import { planInstall } from "../agents/claude-code/install/plan.ts";
import { hookStatus } from "../agents/claude-code/install/status.ts";
import { configDirs } from "../agents/claude-code/layout.ts";
import { guardConfig } from "../guard/rules.ts";
import { RULE_NAMES } from "../guard/types.ts";
import { hasHardBudget } from "../ledger/budgets.ts";
import { readSettings } from "../ledger/config.ts";
import { UserError } from "../platform/errors.ts";
import type { Context } from "./context.ts";

/** The hooks that hold something up are wired only while there is something to hold up. */

/** Settings of the first config folder: the one that Claude Code itself uses. */
export function settingsPath(context: Context): string {
  const dirs = configDirs(context.env);
  const dir = context.env.CLAUDE_CONFIG_DIR ? dirs[0] : (dirs.find((one) => existsSync(one)) ?? dirs[0]);
  if (dir === undefined) throw new UserError("no config folder of Claude Code", "Set CLAUDE_CONFIG_DIR.");
  return join(resolve(dir), "settings.json");
}

/** Whether a hard limit exists, or a rule that denies. */
export function isHolding(db: Database): boolean {
  const config = settingsOf(db);
  if (!config.enabled) return false;
  return hasHardBudget(db) || RULE_NAMES.some((rule) => config.actions[rule] === "deny");
}

/** The guard's settings as the book has them. */
export function settingsOf(db: Database): ReturnType<typeof guardConfig> {
  const settings = readSettings(db);
  return guardConfig((key) => settings.get(key) ?? null);
}

/** Wires the hooks that the guard needs now, or takes them out. Answers sentences for the person: what changed, or what is missing. */
export async function wireGuard(context: Context, db: Database): Promise<string[]> {
  const path = settingsPath(context);
  const holding = isHolding(db);
  const text = existsSync(path) ? readFileSync(path, "utf8") : null;
  const status = hookStatus(text ?? "");
  if (status.problem !== null) return holding ? [`The hooks of ${path} cannot be changed: ${status.problem}`] : [];
  const [binary] = status.binaryPaths;
  if (binary === undefined)
    return holding ? ["The hooks are not wired in, so nothing can be held up yet: run `cc-ledger install`."] : [];
  const plan = planInstall({ text, binaryPath: binary, events: eventsFor(await clientVersion(context.env), holding) });
  if (!plan.changed) return [];
  applyPlan(plan, path);
  return [
    holding
      ? `Claude Code now asks before each tool call and prompt (${path}).`
      : `Claude Code no longer asks before each tool call (${path}).`,
  ];
}
