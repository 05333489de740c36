import { buildApplication, buildRouteMap, proposeCompletions, run, text_en } from "@stricli/core";
import { explain } from "../ledger/open.ts";
import { UserError } from "../platform/errors.ts";
import { type Env, ledgerPaths } from "../platform/paths.ts";
import { VERSION } from "../version.ts";
import { backfill } from "./backfill.ts";
import { completions } from "./completions.ts";
import { config } from "./config.ts";
import type { Context } from "./context.ts";
import { demo } from "./demo.ts";
import { doctor } from "./doctor.ts";
import { install, uninstall } from "./install.ts";
import { prices } from "./prices.ts";
import { reprice } from "./reprice.ts";
import { session } from "./session.ts";
import { sessions } from "./sessions.ts";
import { stats } from "./stats.ts";

const routes = buildRouteMap({
  routes: {
    stats,
    sessions,
    session,
    backfill,
    config,
    prices,
    reprice,
    doctor,
    install,
    uninstall,
    demo,
    completions,
  },
  docs: {
    brief: "what coding agents did and what it cost",
    fullDescription:
      "cc-ledger keeps a local, exact ledger of what coding agents do and what it costs.\nStart with `cc-ledger stats`; `cc-ledger install` makes new turns land the moment they happen.",
  },
});

/** Exit codes: 0 done, 1 a clear error, 2 wrong usage. */
const USAGE_ERROR = 2;

/** Asked by the completion scripts. */
const COMPLETE = "__complete";

/** The command-line application. */
export const app = buildApplication<Context>(routes, {
  name: "cc-ledger",
  versionInfo: { currentVersion: VERSION },
  scanner: { caseStyle: "allow-kebab-for-camel" },
  documentation: { disableAnsiColor: process.env.NO_COLOR !== undefined || !process.stdout.isTTY },
  determineExitCode: () => 1,
  localization: {
    text: { ...text_en, exceptionWhileRunningCommand: describe, exceptionWhileLoadingCommandFunction: describe },
  },
});

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
    for (const { completion } of await proposeCompletions(app, args.slice(1), context))
      process.stdout.write(`${completion}\n`);
    return 0;
  }
  await run(app, args.length === 0 ? ["--help"] : args, context);
  const code = process.exitCode;
  if (code === undefined || code === null) return 0;
  return Number(code) < 0 ? USAGE_ERROR : Number(code);
}
