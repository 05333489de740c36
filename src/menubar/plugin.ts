import type { Env } from "../platform/paths.ts";
import { APP_NAMES, type App } from "./apps.ts";
import { shellQuoted } from "./shell.ts";

/** What the files hold that `menubar install` writes. */

/** Stands in every file of ours; nothing without it is ever touched. */
export const MARK = "written by `cc-ledger menubar install`";

/** Variables that decide which history and which book are meant. Menu bars start plugins without the ones of a person's shell. */
const KEPT = ["CC_LEDGER_HOME", "CLAUDE_CONFIG_DIR", "CC_LEDGER_PRICING"] as const;

export interface PluginOptions {
  app: App;
  /** The executable, absolute. */
  program: string;
  env: Env;
  version: string;
}

/** The variables that are set, as `NAME=value`. */
export function keptVariables(env: Env): [name: string, value: string][] {
  return KEPT.flatMap((name) => (env[name] ? [[name, env[name]] as [string, string]] : []));
}

/** Text of the plugin of an app. */
export function pluginText(options: PluginOptions): string {
  return options.app === "waybar" ? waybarModule(options) : script(options);
}

/** Metadata stands in comments (`<xbar.…>`, read by xbar and SwiftBar). A program that is gone is said in the menu. */
function script({ app, program, env, version }: PluginOptions): string {
  return `#!/bin/sh
# ${MARK} for ${APP_NAMES[app]}; \`cc-ledger menubar uninstall --app ${app}\` removes it.
#
# <xbar.title>cc-ledger</xbar.title>
# <xbar.version>v${version}</xbar.version>
# <xbar.author>cc-ledger</xbar.author>
# <xbar.desc>What coding agents do and cost: limits, today, sessions at work, pull requests, runaways.</xbar.desc>
# <xbar.dependencies>cc-ledger</xbar.dependencies>
# <swiftbar.hideRunInTerminal>true</swiftbar.hideRunInTerminal>

${keptVariables(env)
  .map(([name, value]) => `export ${name}=${shellQuoted(value)}\n`)
  .join("")}program=${shellQuoted(program)}
if [ ! -x "$program" ]; then
  printf '%s\\n' '⚠ cc-ledger' '---' 'The program is no longer where it was.' 'Run: cc-ledger menubar install --app ${app}'
  exit 0
fi
exec "$program" menubar --format ${app}
`;
}

/** A module to be included: Waybar reads JSON with comments. `exec` and `on-click` are command lines of a shell. */
function waybarModule({ program, env }: PluginOptions): string {
  const start = [...keptVariables(env).map(([name, value]) => `${name}=${shellQuoted(value)}`), shellQuoted(program)];
  const command = start.join(" ");
  const inTerminal = shellQuoted(`${command} stats; exec "\${SHELL:-sh}"`);
  const module = {
    exec: `${command} menubar --format waybar`,
    "return-type": "json",
    interval: 60,
    "on-click": `"\${TERMINAL:-x-terminal-emulator}" -e sh -c ${inTerminal}`,
  };
  return `// ${MARK}; \`cc-ledger menubar uninstall --app waybar\` removes it.\n${JSON.stringify({ "custom/cc-ledger": module }, null, 2)}\n`;
}
