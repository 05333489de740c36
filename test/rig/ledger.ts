import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { TokenCounts } from "./recount.ts";

/** Longest that one run of the program may take, milliseconds. */
const TIME_LIMIT_MS = 30_000;

/** Where one run of the program looks and writes. */
export interface LedgerPlace {
  home: string;
  configDir: string;
  ledgerHome: string;
}

/** `sessions --runs --json`, as far as these tests use it. */
export interface SessionsJson {
  sessions: {
    sessionId: string;
    calls: number;
    tokens: TokenCounts;
    costNanoUsd: number;
    costUsd: number;
    runs: RunJson[];
  }[];
}

export interface RunJson {
  runId: string;
  kind: "main" | "user" | "overhead";
  agentType: string | null;
  calls: number;
  tokens: TokenCounts;
  costNanoUsd: number;
}

/** `stats --json`, as far as these tests use it. */
export interface StatsJson {
  schemaVersion: number;
  coverage: { residualNanoUsd: number; lowerBoundCalls: number; inheritedCalls: number; brokenLines: number };
  totals: {
    calls: number;
    sessions: number;
    tokens: TokenCounts;
    costNanoUsd: number;
    costUsd: number;
    unpriced: { model: string; calls: number }[];
  };
}

/** The built program, or the one that `CC_LEDGER_BIN` names (an installed release, say). Throws with the remedy where it is missing. */
export function ledgerBinary(): string {
  const path = process.env.CC_LEDGER_BIN || resolve(import.meta.dir, "../../dist/cc-ledger");
  if (!existsSync(path)) throw new Error(`The program is not built: ${path}. Run npm run build first.`);
  return path;
}

/** Runs the program once in a replaced environment and answers what it printed. Throws on a non-zero exit. */
export async function ledger(args: readonly string[], place: LedgerPlace, cwd = place.home): Promise<string> {
  const child = Bun.spawn([ledgerBinary(), ...args], {
    cwd,
    env: {
      PATH: process.env.PATH ?? "/usr/bin:/bin",
      HOME: place.home,
      CLAUDE_CONFIG_DIR: place.configDir,
      CC_LEDGER_HOME: place.ledgerHome,
      TZ: "UTC",
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: TIME_LIMIT_MS,
    killSignal: "SIGKILL",
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await child.exited;
  if (child.exitCode !== 0)
    throw new Error(
      `cc-ledger ${args.join(" ")}: exit ${child.exitCode} ${child.signalCode ?? ""}\n${(err || out).slice(0, 2_000)}`,
    );
  return out;
}

/** Runs the program with `--json` and parses its answer. */
export async function ledgerJson<T>(args: readonly string[], place: LedgerPlace): Promise<T> {
  return JSON.parse(await ledger([...args, "--json"], place)) as T;
}
