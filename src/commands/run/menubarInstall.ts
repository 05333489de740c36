import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { renderDiff } from "../../agents/claude-code/install/diff.ts";
import { APP_NAMES, type App, appFor, FILE_NAMES, folderOf } from "../../menubar/apps.ts";
import { applyPlan, look, type PluginPlan, planInstall, planUninstall } from "../../menubar/install.ts";
import { pluginText } from "../../menubar/plugin.ts";
import { isOneLine } from "../../menubar/shell.ts";
import { UserError } from "../../platform/errors.ts";
import { homeOf } from "../../platform/paths.ts";
import { writeOut } from "../../render/write.ts";
import { VERSION } from "../../version.ts";
import type { Context } from "../context.ts";
import type { MenubarFlags } from "../menubar.ts";

const MAC_ONLY: ReadonlySet<App> = new Set(["swiftbar", "xbar"]);
const ASK_MS = 5_000;

/** Writes or removes the plugin of one app. */
export async function install(this: Context, flags: MenubarFlags, action: "install" | "uninstall"): Promise<void> {
  const { platform } = this.process;
  if (platform === "win32" && flags.app === undefined && flags.dir === undefined)
    throw new UserError(
      "there is no menu bar on Windows that takes plugins",
      "cc-ledger menubar --format json prints the figures.",
    );
  const app = flags.app ?? appFor(this.env, platform);
  const preference = app === "swiftbar" && platform === "darwin" ? swiftbarFolder(this) : null;
  const folder = flags.dir === undefined ? folderOf(app, this.env, preference) : chosenFolder(flags.dir);
  const found = look(folder);
  const plan =
    action === "uninstall"
      ? planUninstall(
          app,
          folder,
          found,
          app === "waybar" ? ["Take custom/cc-ledger out of Waybar's config as well."] : [],
        )
      : planInstall(
          app,
          folder,
          found,
          pluginText({ app, program: executable(flags), env: this.env, version: VERSION }),
          notesFor(app, folder, { platform, told: preference !== null || flags.dir !== undefined }),
        );
  await carryOut(plan, action, flags.dryRun);
}

async function carryOut(plan: PluginPlan, action: "install" | "uninstall", dryRun: boolean): Promise<void> {
  const app = APP_NAMES[plan.app];
  if (plan.changes.length === 0) {
    await writeOut(
      action === "install"
        ? `${app}'s plugin in ${plan.folder} is as it should be.\n`
        : `There is no plugin of cc-ledger for ${app} in ${plan.folder}.\n`,
    );
    return;
  }
  if (dryRun) {
    for (const { path, before, after } of plan.changes)
      await writeOut(`${path}\n${renderDiff(before ?? "", after ?? "", basename(path))}\n`);
    for (const note of plan.notes) await writeOut(`${note}\n`);
    await writeOut("Nothing was written.\n");
    return;
  }
  applyPlan(plan);
  const done =
    action === "uninstall" ? "Removed" : plan.changes.some(({ before }) => before !== null) ? "Renewed" : "Wrote";
  for (const { path } of plan.changes) await writeOut(`${done} ${path}\n`);
  for (const note of plan.notes) await writeOut(`${note}\n`);
}

/** What is left to do for the person. */
function notesFor(app: App, folder: string, { platform, told }: { platform: string; told: boolean }): string[] {
  const notes = MAC_ONLY.has(app) && platform !== "darwin" ? [`${APP_NAMES[app]} runs on macOS only.`] : [];
  if (app === "swiftbar" && !told) notes.push(`SwiftBar has no plugin folder yet: choose ${folder} when it asks.`);
  if (app === "xbar") notes.push("xbar shows it after Refresh all, or when it starts.");
  if (app === "waybar") {
    notes.push(
      `Add to Waybar's config, then restart it:`,
      `  "include": [${JSON.stringify(`${folder}/${FILE_NAMES.waybar}`)}],`,
      `  "modules-right": ["custom/cc-ledger", ...]`,
    );
  }
  return notes;
}

/** SwiftBar's own setting; null where it has none yet or is not there. macOS keeps settings by user, whatever `HOME` says: in another home
 *  they are somebody else's. */
function swiftbarFolder({ env }: Context): string | null {
  if (homeOf(env) !== userInfo().homedir) return null;
  const asked = spawnSync("defaults", ["read", "com.ameba.SwiftBar", "PluginDirectory"], {
    env: { HOME: env.HOME, PATH: "/usr/bin:/bin" },
    encoding: "utf8",
    timeout: ASK_MS,
  });
  const answer = asked.status === 0 ? asked.stdout.trim() : "";
  return answer === "" ? null : answer;
}

function chosenFolder(dir: string): string {
  const folder = resolve(dir);
  const info = statSync(folder, { throwIfNoEntry: false });
  if (info !== undefined && !info.isDirectory()) throw new UserError(`${folder} is no folder`);
  if (info === undefined && !existsSync(dirname(folder)))
    throw new UserError(`neither ${folder} nor the folder above it exists`, "Is --dir right?");
  return folder;
}

function executable({ binary }: MenubarFlags): string {
  const path = resolve(binary ?? process.execPath);
  if (!existsSync(path)) throw new UserError(`${path} does not exist`);
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new UserError(`${path} cannot be executed`, `chmod +x ${path}`);
  }
  const program = binary === undefined ? realpathSync(path) : path;
  if (!isOneLine(program))
    throw new UserError(`${JSON.stringify(program)} cannot stand in a script`, "Move the program.");
  return program;
}
