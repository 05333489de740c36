import {
  type Application,
  buildApplication,
  buildRouteMap,
  type Command,
  proposeCompletions,
  type RouteMap,
  run,
  text_en,
} from "@stricli/core";
import { explain } from "../ledger/open.ts";
import { UserError } from "../platform/errors.ts";
import { type Env, ledgerPaths } from "../platform/paths.ts";
import { hearBrokenPipes, isBrokenPipe, writeOut } from "../render/write.ts";
import { VERSION } from "../version.ts";
import type { Context } from "./context.ts";

/** Every command by name. Only the one that is asked for is loaded; help and completions load them all. */
const COMMANDS = {
  stats: async () => (await import("./stats.ts")).stats,
  watch: async () => (await import("./watch.ts")).watch,
  sessions: async () => (await import("./sessions.ts")).sessions,
  session: async () => (await import("./session.ts")).session,
  blocks: async () => (await import("./blocks.ts")).blocks,
  agents: async () => (await import("./agents.ts")).agents,
  models: async () => (await import("./agents.ts")).models,
  projects: async () => (await import("./projects.ts")).projects,
  skills: async () => (await import("./agents.ts")).skills,
  tools: async () => (await import("./agents.ts")).tools,
  forecast: async () => (await import("./agents.ts")).forecast,
  optimize: async () => (await import("./optimize.ts")).optimize,
  backfill: async () => (await import("./backfill.ts")).backfill,
  config: async () => (await import("./config.ts")).config,
  prices: async () => (await import("./prices.ts")).prices,
  reprice: async () => (await import("./reprice.ts")).reprice,
  "pr-cost": async () => (await import("./prCost.ts")).prCost,
  branches: async () => (await import("./commits.ts")).branches,
  commits: async () => (await import("./commits.ts")).commits,
  notes: async () => (await import("./notes.ts")).notes,
  "pr-comment": async () => (await import("./notes.ts")).prComment,
  blame: async () => (await import("./blame.ts")).blame,
  doctor: async () => (await import("./doctor.ts")).doctor,
  statusline: async () => (await import("./statuslineHelp.ts")).statusline,
  menubar: async () => (await import("./menubar.ts")).menubar,
  mcp: async () => (await import("./mcp.ts")).mcp,
  install: async () => (await import("./install.ts")).install,
  uninstall: async () => (await import("./install.ts")).uninstall,
  budget: async () => (await import("./budget.ts")).budget,
  guard: async () => (await import("./guard.ts")).guard,
  alerts: async () => (await import("./guard.ts")).alerts,
  notify: async () => (await import("./notify.ts")).notify,
  demo: async () => (await import("./demo.ts")).demo,
  completions: async () => (await import("./completions.ts")).completions,
} satisfies Record<string, () => Promise<Command<Context> | RouteMap<Context>>>;

type Name = keyof typeof COMMANDS;

async function routesFor(wanted: string | undefined): Promise<RouteMap<Context>> {
  const all = Object.keys(COMMANDS) as Name[];
  const names = all.filter((name) => name === wanted);
  const routes: Record<string, Command<Context> | RouteMap<Context>> = {};
  for (const name of names.length > 0 ? names : all) routes[name] = await COMMANDS[name]();
  return buildRouteMap({
    routes,
    docs: {
      brief: "what coding agents did and what it cost",
      fullDescription:
        "cc-ledger keeps a local, exact ledger of what coding agents do and what it costs.\nStart with `cc-ledger stats`; `cc-ledger install` makes new turns land the moment they happen.",
    },
  });
}

/** Exit codes: 0 done, 1 a clear error, 2 wrong usage. */
const USAGE_ERROR = 2;

/** Asked by the completion scripts. */
const COMPLETE = "__complete";

/** The command-line application, with the command that is wanted or with all of them. */
async function appFor(wanted: string | undefined): Promise<Application<Context>> {
  return buildApplication<Context>(await routesFor(wanted), {
    name: "cc-ledger",
    versionInfo: { currentVersion: VERSION },
    scanner: { caseStyle: "allow-kebab-for-camel" },
    documentation: { disableAnsiColor: process.env.NO_COLOR !== undefined || !process.stdout.isTTY },
    determineExitCode: () => 1,
    localization: {
      text: { ...text_en, exceptionWhileRunningCommand: describe, exceptionWhileLoadingCommandFunction: describe },
    },
  });
}

/** What a person reads when a command fails: one sentence, and what to do. Faults of the program keep their stack. */
function describe(error: unknown): string {
  const known = error instanceof UserError ? error : explain(ledgerPaths(process.env).db, error);
  if (!(known instanceof UserError)) return `cc-ledger: ${known.stack ?? known.message}`;
  return `cc-ledger: ${known.message}${known.hint === undefined ? "" : `\n  ${known.hint}`}`;
}

/** Runs one command line and answers the exit code. */
export async function runCommand(args: readonly string[], env: Env): Promise<number> {
  const context: Context = { process: process as Context["process"], env, now: Date.now };
  if (args[0] === COMPLETE) {
    const found = await proposeCompletions(await appFor(undefined), args.slice(1), context);
    await writeOut(found.map(({ completion }) => `${completion}\n`).join(""));
    return 0;
  }
  hearBrokenPipes();
  try {
    await run(await appFor(args[0]), args.length === 0 ? ["--help"] : args, context);
  } catch (error) {
    // Help that nobody wanted to read to its end.
    if (!isBrokenPipe(error)) throw error;
    return 0;
  }
  const code = process.exitCode;
  if (code === undefined || code === null) return 0;
  return Number(code) === 0 || Number(code) === 1 ? Number(code) : USAGE_ERROR;
}
