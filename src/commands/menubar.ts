import { buildCommand, numberParser } from "@stricli/core";
import { APPS, type App, FORMATS, type Format } from "../menubar/apps.ts";
import type { Context } from "./context.ts";

const ACTIONS = ["show", "install", "uninstall"] as const;
export type MenubarAction = (typeof ACTIONS)[number];

export interface MenubarFlags {
  format?: Format;
  timezone?: string;
  activeMinutes?: number;
  app?: App;
  dir?: string;
  binary?: string;
  dryRun: boolean;
}

function oneOf<T extends string>(known: readonly T[]): (value: string) => T {
  return (value) => {
    const found = known.find((one) => one === value);
    if (found === undefined) throw new SyntaxError(`it is one of ${known.join(", ")}`);
    return found;
  };
}

const text = (value: string): string => value;

export const menubar = buildCommand<MenubarFlags, [MenubarAction?], Context>({
  docs: {
    brief: "a menu for SwiftBar, xbar, Argos or Waybar; install writes the plugin where they look",
    fullDescription:
      "Without a format it prints what asks for it: SwiftBar, xbar, Argos and Waybar are known by what they set in the environment;\notherwise SwiftBar's on macOS and Argos' elsewhere. docs/menubar.md",
  },
  parameters: {
    flags: {
      format: {
        kind: "parsed",
        parse: oneOf(FORMATS),
        brief: `one of ${FORMATS.join(", ")}`,
        optional: true,
        placeholder: "format",
      },
      timezone: {
        kind: "parsed",
        parse: text,
        brief: "zone in which days are cut (default: this machine's)",
        optional: true,
        placeholder: "zone",
      },
      activeMinutes: {
        kind: "parsed",
        parse: numberParser,
        brief: "a session without activity for this long is not at work (default 15)",
        optional: true,
        placeholder: "n",
      },
      app: {
        kind: "parsed",
        parse: oneOf(APPS),
        brief: `install: for ${APPS.join(", ")} (default: SwiftBar on macOS, Argos under GNOME, else Waybar)`,
        optional: true,
        placeholder: "app",
      },
      dir: {
        kind: "parsed",
        parse: text,
        brief: "install: folder of the plugins (default: where the app looks)",
        optional: true,
        placeholder: "folder",
      },
      binary: {
        kind: "parsed",
        parse: text,
        brief: "install: executable that the plugin starts (default: this one)",
        optional: true,
        placeholder: "path",
      },
      dryRun: {
        kind: "boolean",
        brief: "install, uninstall: show the change, write nothing",
        default: false,
        withNegated: false,
      },
    },
    positional: {
      kind: "tuple",
      parameters: [
        { parse: oneOf(ACTIONS), brief: `one of ${ACTIONS.join(", ")}`, placeholder: "action", optional: true },
      ],
    },
  },
  loader: async () => (await import("./run/menubar.ts")).run,
});
