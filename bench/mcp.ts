/** The MCP server on a large history, beside `codeledger` from npm (0.2.6, the newest there), which is installed into a scratch folder. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeBenchCorpus } from "./corpus.ts";
import { TimedServer } from "./mcpClient.ts";
import { median, report } from "./run.ts";

const RUNS = 21;
const CALLS = 21;
/** Its first start reads the whole history before it says a word. Milliseconds. */
const PEER_FIRST_LIMIT_MS = 300_000;

export interface McpBench {
  scratch: string;
  program: string;
  mib: number;
  envOf(claude: string, ledger: string): Record<string, string>;
}

const ms = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`;

export async function mcpBench({ scratch, program, mib, envOf }: McpBench): Promise<void> {
  const claude = join(scratch, "real");
  const bytes = writeBenchCorpus(claude, "real", mib);
  const ledger = join(scratch, "ledger-mcp");
  const env = envOf(claude, ledger);
  const own = (): TimedServer => new TimedServer([program, "mcp"], env);
  const where = `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  const peer = installPeer(scratch, env, claude);

  rmSync(ledger, { recursive: true, force: true });
  const cold = own();
  report(`MCP: spawn to initialize, nothing read yet (${where})`, ms(await cold.initialize()), "<= 60 ms", true);
  const { data } = await cold.call("usage_summary", { period: "all" });
  const { upToDate, calls } = data as { upToDate: boolean; calls: number };
  console.log(`      a call meanwhile is answered from what there is: upToDate ${upToDate}, ${calls} calls`);
  await cold.close();
  Bun.spawnSync([program, "stats", "--since", "all", "--json"], { env });

  await starts(own, peer);
  await calling(own, peer, where);
}

/** Both sides in turn, medians. */
async function starts(own: () => TimedServer, peer: Peer | null): Promise<void> {
  const mine: number[] = [];
  const theirs: number[] = [];
  if (peer !== null) {
    const first = peer.start();
    const timer = setTimeout(() => void first.close(), PEER_FIRST_LIMIT_MS);
    console.log(`      codeledger's first start, which reads everything: ${ms(await first.initialize())}`);
    clearTimeout(timer);
    await first.close();
  }
  for (let round = -1; round < RUNS; round++) {
    const server = own();
    const startMs = await server.initialize();
    await server.close();
    if (round >= 0) mine.push(startMs);
    if (peer === null || round >= RUNS / 3) continue;
    const other = peer.start();
    theirs.push(await other.initialize());
    await other.close();
  }
  const side = theirs.length === 0 ? "" : `  (codeledger ${ms(median(theirs))})`;
  report("MCP: spawn to initialize, all read before", `${ms(median(mine))}${side}`, "<= 60 ms", median(mine) <= 60);
}

async function calling(own: () => TimedServer, peer: Peer | null, where: string): Promise<void> {
  const server = own();
  await server.initialize();
  const names = await server.toolNames();
  const { data } = await server.call("query", { sql: "SELECT date(max(at_ms) / 1000, 'unixepoch') FROM v_calls" });
  const [[lastDay]] = (data as { rows: [[string]] }).rows;
  const from = new Date(Date.parse(lastDay) - 6 * 86_400_000).toISOString().slice(0, 10);
  const periods: [what: string, args: object][] = [
    ["its last week", { period: `${from}..${lastDay}` }],
    ["all of it", { period: "all" }],
  ];
  const withPeriod = new Set(
    "usage_summary project_usage agent_usage model_stats cost_optimize skill_usage cross_tool_cost pr_cost".split(" "),
  );
  const other: Readonly<Record<string, object>> = { query: { sql: "SELECT * FROM v_sessions LIMIT 20" } };
  let largest = 0;
  for (const [what, args] of periods) {
    const whole = what === "all of it";
    for (const name of names) {
      if (name === "budget_set" || (!withPeriod.has(name) && whole) || (name === "pr_cost" && !whole)) continue;
      const given = withPeriod.has(name) ? args : (other[name] ?? {});
      const timed: number[] = [];
      let firstMs = 0;
      for (let n = 0; n <= CALLS; n++) {
        const { ms: took, bytes } = await server.call(name, given);
        if (n > 0) timed.push(took);
        else firstMs = took;
        largest = Math.max(largest, bytes);
      }
      const label = withPeriod.has(name) ? `${name}, ${what}` : name;
      const figure = `${ms(median(timed))}  (fastest ${ms(Math.min(...timed))}, first ${ms(firstMs)})`;
      report(`MCP: ${label} (${where})`, figure, "<= 5 ms", median(timed) <= 5);
    }
  }
  // A pause, as there is one between the calls of a model.
  await Bun.sleep(500);
  const { now, peak } = server.memory();
  report("MCP: largest of these answers", `${largest} bytes`, "<= 4 KB", largest <= 4_096);
  report(
    "MCP: memory after all of them",
    `${now.toFixed(0)} MiB  (highest ${peak.toFixed(0)} MiB)`,
    "<= 80 MiB",
    now <= 80,
  );
  await server.close();
  if (peer !== null) await callingPeer(peer);
}

async function callingPeer(peer: Peer): Promise<void> {
  const server = peer.start();
  await server.initialize();
  let largest = 0;
  const lines: string[] = [];
  for (const name of await server.toolNames()) {
    const timed: number[] = [];
    for (let n = 0; n <= CALLS; n++) {
      const { ms: took, bytes } = await server.call(name, { period: "all" });
      if (n > 0) timed.push(took);
      largest = Math.max(largest, bytes);
    }
    lines.push(`${name} ${ms(median(timed))}`);
  }
  await Bun.sleep(500);
  const { now, peak } = server.memory();
  console.log(`      codeledger, all of it: ${lines.join(", ")}`);
  console.log(
    `      codeledger's largest answer: ${largest} bytes; memory ${now.toFixed(0)} MiB (highest ${peak.toFixed(0)} MiB)`,
  );
  await server.close();
}

interface Peer {
  start(): TimedServer;
}

const PEER = "codeledger@0.2.6";

/** Installs the peer, whose SQLite is compiled on the spot. Null, with the reason told, where it cannot be had. */
function installPeer(scratch: string, env: Record<string, string>, claude: string): Peer | null {
  const folder = join(scratch, "peer");
  const entry = join(folder, "node_modules", "codeledger", "dist", "index.js");
  if (!existsSync(entry)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ name: "peer", private: true, allowScripts: { "better-sqlite3": true } }),
    );
    console.log(`      installing ${PEER} into a scratch folder (a native build, some minutes)`);
    const installed = Bun.spawnSync(["npm", "install", PEER, "--no-audit", "--no-fund"], {
      cwd: folder,
      stderr: "pipe",
    });
    if (!installed.success || !existsSync(entry)) {
      console.log(
        `      ${PEER} cannot be had, so it is left out: ${installed.stderr.toString().trim().split("\n").at(-1)}`,
      );
      return null;
    }
  }
  const peerEnv = { ...env, CLAUDE_DATA_DIR: claude, CODELEDGER_DB_PATH: join(scratch, "peer.db") };
  rmSync(peerEnv.CODELEDGER_DB_PATH, { force: true });
  return { start: () => new TimedServer(["node", entry], peerEnv) };
}
