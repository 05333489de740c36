import { join } from "node:path";
import { type Env, homeOf } from "../platform/paths.ts";

/** Programs that a plugin is written for, and what `menubar` prints. */
export const APPS = ["swiftbar", "xbar", "argos", "waybar"] as const;
export type App = (typeof APPS)[number];
export const FORMATS = [...APPS, "json"] as const;
export type Format = (typeof FORMATS)[number];

/** How people write them. */
export const APP_NAMES: Readonly<Record<App, string>> = {
  swiftbar: "SwiftBar",
  xbar: "xbar",
  argos: "Argos",
  waybar: "Waybar",
};

/** Variable that a program sets for its plugins (each by its documentation; xbar's tells the menu bar's colour). */
const SET_BY: Readonly<Record<App, string>> = {
  swiftbar: "SWIFTBAR",
  xbar: "XBARDarkMode",
  argos: "ARGOS_VERSION",
  waybar: "WAYBAR_OUTPUT_NAME",
};

/** The format of whoever asks, by its environment; else SwiftBar's on macOS and Argos' elsewhere. */
export function formatFor(env: Env, platform: string): App {
  return APPS.find((app) => env[SET_BY[app]] !== undefined) ?? (platform === "darwin" ? "swiftbar" : "argos");
}

/** The app to install for, where none is named. */
export function appFor(env: Env, platform: string): App {
  if (platform === "darwin") return "swiftbar";
  return /gnome/i.test(env.XDG_CURRENT_DESKTOP ?? "") ? "argos" : "waybar";
}

/** Where an app looks for its plugins. `swiftbarFolder` is SwiftBar's own setting, null where it has none. */
export function folderOf(app: App, env: Env, swiftbarFolder: string | null): string {
  const home = homeOf(env);
  const config = env.XDG_CONFIG_HOME || join(home, ".config");
  if (app === "argos" || app === "waybar") return join(config, app);
  const support = join(home, "Library", "Application Support");
  if (app === "xbar") return join(support, "xbar", "plugins");
  return swiftbarFolder?.replace(/^~(?=\/|$)/, home) ?? join(support, "SwiftBar", "Plugins");
}

/** Name of a new plugin. The part before the extension tells how often it runs; Argos' `+` means also when the menu is opened. */
export const FILE_NAMES: Readonly<Record<App, string>> = {
  swiftbar: "cc-ledger.1m.sh",
  xbar: "cc-ledger.1m.sh",
  argos: "cc-ledger.1m+.sh",
  waybar: "cc-ledger.json",
};
