import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Tokens of one model on one day, as one of the two tools counts them. */
export interface DayModel {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

export type ByDayModel = Map<string, DayModel>;

const BINARY = join(import.meta.dir, "..", "..", "node_modules", ".bin", "ccusage");

interface Breakdown {
  modelName: string;
  inputTokens: number;
  outputTokens: number;
  cacheCreationTokens: number;
  cacheReadTokens: number;
}

/** What ccusage says of a history: tokens by `day model`, in UTC. Runs the pinned binary in an emptied environment. */
export async function ccusageDaily(configDir: string): Promise<ByDayModel> {
  if (!existsSync(BINARY)) throw new Error("ccusage is not installed: npm ci");
  const home = mkdtempSync(join(tmpdir(), "cc-ledger-oracle-"));
  try {
    const args = ["claude", "daily", "--json", "--offline", "--breakdown", "--timezone", "UTC"];
    const env = {
      PATH: process.env.PATH ?? "",
      HOME: home,
      XDG_CONFIG_HOME: home,
      CLAUDE_CONFIG_DIR: configDir,
      TZ: "UTC",
    };
    const child = Bun.spawn([BINARY, ...args], { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    if (code !== 0) throw new Error(`ccusage failed (${code}): ${err}`);
    const { daily } = JSON.parse(out) as { daily: { date?: string; period?: string; modelBreakdowns: Breakdown[] }[] };
    const rows: ByDayModel = new Map();
    for (const day of daily) {
      for (const row of day.modelBreakdowns) {
        const key = `${day.date ?? day.period} ${row.modelName.replace(/-fast$/, "")}`;
        const sums = rows.get(key) ?? { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
        sums.input += row.inputTokens;
        sums.output += row.outputTokens;
        sums.cacheRead += row.cacheReadTokens;
        sums.cacheWrite += row.cacheCreationTokens;
        rows.set(key, sums);
      }
    }
    return rows;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
