import nodeFs from "node:fs";
import { dirname, join } from "node:path";
import { messageOf, UserError } from "../platform/errors.ts";
import { APP_NAMES, type App, FILE_NAMES } from "./apps.ts";
import { MARK } from "./plugin.ts";

/** Plans first, then carries the plan out: what is written where can be looked at before. */

/** A file that a plan writes (`after`) or removes (null). `before` is what it held, null where there was none. */
export interface Change {
  path: string;
  before: string | null;
  after: string | null;
}

export interface PluginPlan {
  app: App;
  folder: string;
  changes: Change[];
  /** What the person has to do, or should know. */
  notes: string[];
}

/** A file in the folder whose name could be ours. `text` is null where it cannot be read as one. */
export interface Found {
  name: string;
  text: string | null;
}

/** Names that are ours or could be: a person may have changed how often the plugin runs, and xbar adds `.off`. */
const NAME = /^cc-ledger(?:\.[^/]*)?\.(?:sh|json)(?:\.off)?$/;

/** What lies in the folder under such names. */
export function look(folder: string): Found[] {
  if (!nodeFs.existsSync(folder)) return [];
  const names = nodeFs.readdirSync(folder).filter((name) => NAME.test(name));
  return names.sort().map((name) => {
    try {
      return { name, text: nodeFs.readFileSync(join(folder, name), "utf8") };
    } catch {
      // A folder, a dangling link, a file of somebody else: whatever it is, it is not ours.
      return { name, text: null };
    }
  });
}

/** A plugin with the given text in the folder. One of ours that is there already is renewed in place, under whatever name it has. Throws a
 *  {@link UserError} where the name is taken by a file that is not ours. */
export function planInstall(
  app: App,
  folder: string,
  found: readonly Found[],
  text: string,
  notes: string[],
): PluginPlan {
  const own = ours(app, found);
  const taken = found.find(({ name }) => name === FILE_NAMES[app]);
  if (own.length === 0 && taken !== undefined)
    throw new UserError(
      `${join(folder, taken.name)} is not one of cc-ledger's plugins; nothing was written`,
      "Move it away, or choose another folder with --dir.",
    );
  const target = own[0] ?? { name: FILE_NAMES[app], text: null };
  const changes = target.text === text ? [] : [{ path: join(folder, target.name), before: target.text, after: text }];
  return { app, folder, changes, notes };
}

/** Every plugin of ours for the app in the folder goes. */
export function planUninstall(app: App, folder: string, found: readonly Found[], notes: string[]): PluginPlan {
  const changes = ours(app, found).map(({ name, text }) => ({ path: join(folder, name), before: text, after: null }));
  return { app, folder, changes, notes };
}

/** SwiftBar, xbar and Argos may share a folder: the mark says whose a file is. */
function ours(app: App, found: readonly Found[]): Found[] {
  const mark = app === "waybar" ? MARK : `${MARK} for ${APP_NAMES[app]}`;
  return found.filter(({ text }) => text?.split("\n", 2).some((row) => row.includes(mark)) === true);
}

/** Carries a plan out. A file is written beside and renamed over, so that no menu bar ever runs half of it; a link stays a link. Throws a
 *  {@link UserError} where that fails, or where the file is no longer what was planned with. */
export function applyPlan(plan: PluginPlan): void {
  for (const change of plan.changes) {
    try {
      applyChange(change);
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(`cannot write ${change.path}: ${messageOf(error)}`, "Choose another folder with --dir.");
    }
  }
}

function applyChange({ path, before, after }: Change): void {
  const exists = nodeFs.existsSync(path);
  if ((exists ? nodeFs.readFileSync(path, "utf8") : null) !== before)
    throw new UserError(`${path} changed in the meantime; nothing was written`, "Run the command again.");
  if (after === null) {
    nodeFs.rmSync(path);
    return;
  }
  const target = exists ? nodeFs.realpathSync(path) : path;
  nodeFs.mkdirSync(dirname(target), { recursive: true });
  // Hidden, so that nobody takes it for a plugin.
  const temporary = join(dirname(target), `.cc-ledger-${process.pid}.tmp`);
  try {
    nodeFs.writeFileSync(temporary, after, { mode: after.startsWith("#!") ? 0o755 : 0o644, flag: "wx" });
    nodeFs.renameSync(temporary, target);
  } catch (error) {
    nodeFs.rmSync(temporary, { force: true });
    throw error;
  }
}
