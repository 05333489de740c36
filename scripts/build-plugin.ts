/** Builds the Claude Code plugin into `dist/plugin/`: a marketplace with one plugin below it. What the program knows (its version, the events
 *  it listens to) is taken from the program. */
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventsFor, kebab, type WiredEvent } from "../src/agents/claude-code/install/events.ts";
import { VERSION } from "../src/version.ts";
import { icon } from "./pluginIcon.ts";

const root = join(import.meta.dir, "..");
const source = join(root, "plugin");
const NAME = "cc-ledger";
const LAUNCHER = `"\${CLAUDE_PLUGIN_ROOT}/bin/cc-ledger"`;
/** Newer than any client: the plugin names every event that is known. */
const NEWEST = "9999.0.0";
/** The check starts no executable. Seconds. */
const CHECK_S = 5;

interface Hook {
  type: "command";
  command: string;
  timeout: number;
  async?: true;
}

interface Block {
  matcher?: string;
  hooks: Hook[];
}

/** The hooks of the plugin: those of `cc-ledger install`, through the launcher; and at a new session one that says if there is nothing to
 *  launch. That one is waited for, since what a background hook says goes to the model. */
export function pluginHooks(events: readonly WiredEvent[]): Record<string, Block[]> {
  const hooks: Record<string, Block[]> = {};
  for (const { name, matcher, async, timeoutS } of events) {
    const command = `${LAUNCHER} hook claude-code ${kebab(name)}`;
    hooks[name] = [
      {
        ...(matcher !== undefined && { matcher }),
        hooks: [{ type: "command", command, timeout: timeoutS, ...(async && { async }) }],
      },
    ];
  }
  const check: Block = {
    matcher: "startup",
    hooks: [{ type: "command", command: `${LAUNCHER} plugin-check`, timeout: CHECK_S }],
  };
  hooks.SessionStart = [check, ...(hooks.SessionStart ?? [])];
  return hooks;
}

/** Writes the plugin into a folder, which is emptied before. */
export function buildPlugin(out: string): void {
  const plugin = join(out, NAME);
  rmSync(out, { recursive: true, force: true });
  for (const part of ["commands", "skills", "bin", "README.md"])
    cpSync(join(source, part), join(plugin, part), { recursive: true });
  cpSync(join(root, "LICENSE"), join(plugin, "LICENSE"));
  const launcher = join(plugin, "bin", "cc-ledger");
  writeFileSync(launcher, readFileSync(launcher, "utf8").replaceAll("@VERSION@", VERSION));
  chmodSync(launcher, 0o755);
  const repository = repositoryOf(read("../package.json"));
  const manifest = { ...read("plugin.json"), ...(repository !== null && { repository, homepage: repository }) };
  const readme = join(plugin, "README.md");
  if (repository !== null)
    writeFileSync(readme, readFileSync(readme, "utf8").replaceAll("<owner>/<repo>", ownerAndName(repository)));
  write(join(plugin, ".claude-plugin"), "plugin.json", { ...manifest, version: VERSION });
  writeFileSync(join(plugin, ".claude-plugin", "icon.png"), icon());
  write(join(plugin, "hooks"), "hooks.json", {
    description: "Files what a session does in the ledger, and lets the guard speak",
    hooks: pluginHooks(eventsFor(NEWEST)),
  });
  write(plugin, ".mcp.json", read("mcp.json"));
  write(join(out, ".claude-plugin"), "marketplace.json", {
    ...read("marketplace.json"),
    plugins: [{ ...manifest, version: VERSION, source: `./${NAME}` }],
  });
}

/** Where the project lives, once package.json says so. */
function repositoryOf({ repository }: Record<string, unknown>): string | null {
  const url =
    typeof repository === "object" && repository !== null && "url" in repository ? repository.url : repository;
  return typeof url === "string" ? url.replace(/^git\+|\.git$/g, "") : null;
}

/** `owner/name` of a repository's address. */
function ownerAndName(url: string): string {
  return url.split("/").slice(-2).join("/");
}

function read(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(source, name), "utf8")) as Record<string, unknown>;
}

function write(folder: string, name: string, value: object): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
}

if (import.meta.main) {
  const out = join(root, "dist", "plugin");
  buildPlugin(out);
  console.log(out.slice(root.length + 1));
}
