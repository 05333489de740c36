/** `npm run bench [-- --mib=1024 --runs=5 --keep=DIR]`: the budgets of docs/benchmarks.md, both sides measured in one go. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { $ } from "bun";
import { reply } from "../test/e2e/program.ts";
import { type Profile, writeBenchCorpus } from "./corpus.ts";
import { writeFiveMillion } from "./fiveMillion.ts";
import { guardBench } from "./guard.ts";
import { mcpBench } from "./mcp.ts";
import { writePullCorpus } from "./pullRequests.ts";
import { type Command, inTurn, median, ratio, report } from "./run.ts";
import { statuslineBench } from "./statusline.ts";
import { watchView } from "./watch.ts";

const option = (name: string): string | undefined =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.split("=")[1];
const mib = Number(option("mib") ?? 1024);
const runs = Number(option("runs") ?? 5);
const only = option("only");
const keep = option("keep");
const scratch = keep ?? mkdtempSync(join(tmpdir(), "cc-ledger-bench-"));
const root = join(import.meta.dir, "..");
const program = join(root, "dist", "cc-ledger");
const ms = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`;

await $`${process.execPath} ${join(root, "scripts", "build.ts")}`.quiet();

function envOf(claude: string, ledger: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    HOME: scratch,
    XDG_CONFIG_HOME: scratch,
    CLAUDE_CONFIG_DIR: claude,
    CC_LEDGER_HOME: ledger,
    TZ: "UTC",
  };
}

async function history(profile: Profile): Promise<void> {
  const claude = join(scratch, profile);
  const bytes = writeBenchCorpus(claude, profile, mib);
  const ledger = join(scratch, `ledger-${profile}`);
  const env = envOf(claude, ledger);
  const ccusage: Command = {
    name: "ccusage",
    argv: [join(root, "node_modules", ".bin", "ccusage"), "claude", "daily", "--json", "--offline"],
    env,
  };
  const first: Command = {
    name: "first",
    argv: [program, "stats", "--since", "all", "--json"],
    env,
    before: () => rmSync(ledger, { recursive: true, force: true }),
  };
  const [a, b] = await inTurn([first, ccusage], runs);
  if (a === undefined || b === undefined) throw new Error("nothing was measured");
  const where = `${profile}, ${(bytes / 2 ** 20).toFixed(0)} MiB`;
  const r = ratio(a, b);
  report(
    `first ingest (${where}) / ccusage`,
    `${r.toFixed(2)} x  (${ms(median(a.wallMs))} / ${ms(median(b.wallMs))})`,
    "<= 1.0 x, goal 0.6",
    r <= 1,
  );
  report(
    `  cpu time of the two`,
    `${(median(a.cpuMs) / median(b.cpuMs)).toFixed(2)} x  (${ms(median(a.cpuMs))} / ${ms(median(b.cpuMs))})`,
    "",
    true,
  );
  report(
    `  memory of the first ingest`,
    `${a.peakMiB.toFixed(0)} MiB  (ccusage ${b.peakMiB.toFixed(0)} MiB)`,
    "<= 400 MiB",
    a.peakMiB <= 400,
  );
  const share = statSync(join(ledger, "ledger.db")).size / bytes;
  report(`  ledger size / transcripts`, `${(share * 100).toFixed(2)} %`, "<= 4 %", share <= 0.04);
  const again: Command = { ...first, name: "again", before: () => undefined };
  const [c, d] = await inTurn([again, ccusage], runs);
  if (c === undefined || d === undefined) throw new Error("nothing was measured");
  const s = ratio(d, c);
  report(
    `stats again (${where})`,
    `1/${s.toFixed(0)} of ccusage  (${ms(median(c.wallMs))})`,
    "<= 1/30, goal <= 25 ms",
    s >= 30,
  );
}

/** `pr-cost` on a ledger of 100,000 calls and a repo of 20,000 commits. */
async function pullRequests(): Promise<void> {
  const claude = join(scratch, "pulls");
  const ledger = join(scratch, "ledger-pulls");
  const repo = writePullCorpus(join(scratch, "pulls-repo"), claude, 100_000, 20_000);
  const env = envOf(claude, ledger);
  Bun.spawnSync([program, "stats", "--since", "all", "--json"], { env });
  const command = (name: string, args: string[], before?: () => void): Command => ({
    name,
    argv: [program, "pr-cost", "--repo", "acme/shop", "--offline", "--json", ...args],
    env,
    ...(before === undefined ? {} : { before }),
  });
  let turn = 0;
  const commit = (): void => {
    turn++;
    const path = join(repo, "src", "file1.ts");
    writeFileSync(path, `export const human${turn} = ${turn};\n`, { flag: "a" });
    Bun.spawnSync(["git", "-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-qam", `Turn ${turn}`], {
      cwd: repo,
      env,
    });
  };
  const [fresh] = await inTurn([command("from nothing", ["--recompute"])], Math.min(3, runs), false);
  const commands = [
    command("one again", ["--pr", "7"]),
    command("all again", []),
    command("one after a commit", ["--pr", "7"], commit),
  ];
  const [one, again, once] = await inTurn(commands, Math.max(7, runs));
  if (fresh === undefined || one === undefined || again === undefined || once === undefined)
    throw new Error("nothing was measured");
  const line = (what: string, figures: typeof fresh, limit: number): void =>
    report(
      `pr-cost on 100,000 calls, 20,000 commits: ${what}`,
      ms(median(figures.wallMs)),
      `<= ${ms(limit)}`,
      median(figures.wallMs) <= limit,
    );
  line("from nothing", fresh, 20_000);
  line("again, one of them", one, 50);
  line("again, all 2,000 as JSON", again, 50);
  line("after one new commit, one of them", once, 150);
}

/** An executable that does nothing: what the runtime itself takes. */
async function emptyExecutable(): Promise<Command> {
  const empty = join(scratch, "empty");
  writeFileSync(`${empty}.ts`, "");
  await $`${process.execPath} build --compile --minify --bytecode --format=esm ${empty}.ts --outfile ${empty}`.quiet();
  return { name: "empty executable", argv: [empty], env: envOf(scratch, scratch) };
}

/** The guard beside the book of the real-shaped history. */
async function guard(): Promise<void> {
  const claude = join(scratch, "real");
  writeBenchCorpus(claude, "real", mib);
  const book = join(scratch, "ledger-real");
  if (!existsSync(join(book, "ledger.db")))
    Bun.spawnSync([program, "stats", "--since", "all", "--json"], { env: envOf(claude, book) });
  await guardBench({ scratch, program, empty: await emptyExecutable(), book, runs, envOf });
}

async function hooks(): Promise<void> {
  const empty = await emptyExecutable();
  const sizes = [1, 100];
  const commands = sizes.map((size): Command => {
    const claude = join(scratch, `hook-${size}`);
    const ledger = join(scratch, `ledger-hook-${size}`);
    const path = join(claude, "projects", "-nowhere-repo", "session-1.jsonl");
    mkdirSync(join(path, ".."), { recursive: true });
    const padding = `${JSON.stringify({ type: "user", message: { role: "user", content: [{ tool_use_id: "toolu_x", type: "tool_result", content: "y".repeat(20_000) }] }, sessionId: "session-1", timestamp: "2026-11-20T08:00:00.000Z" })}\n`;
    let text = "";
    for (let n = 0; text.length < size * 1e6; n++)
      text += reply("session-1", `msg_${n}`, Date.UTC(2026, 10, 20) + n * 1_000) + padding;
    writeFileSync(path, text);
    const env = envOf(claude, ledger);
    Bun.spawnSync([program, "stats", "--since", "all", "--json"], { env });
    const full = `${path}.full`;
    copyFileSync(path, full);
    let turn = 0;
    const stdin = join(scratch, `payload-${size}.json`);
    const payload = JSON.stringify({
      session_id: "session-1",
      transcript_path: path,
      cwd: "/nowhere/repo",
      hook_event_name: "PostToolUse",
      tool_name: "Bash",
      tool_use_id: "toolu_x",
      duration_ms: 3,
    });
    writeFileSync(stdin, payload);
    const append = (): void => {
      turn++;
      const fresh = reply("session-1", `msg_turn_${turn}`, Date.UTC(2026, 10, 21) + turn * 1_000, {
        tool: `toolu_${turn}`,
      });
      Bun.spawnSync(["sh", "-c", `cat >> '${path}'`], { stdin: new Blob([fresh]) });
    };
    return {
      name: `hook at ${size} MB`,
      argv: [program, "hook", "claude-code", "post-tool-use"],
      env,
      stdin,
      before: append,
    };
  });
  const [small, large, nothing] = await inTurn([...commands, empty], Math.max(30, runs));
  if (small === undefined || large === undefined || nothing === undefined) throw new Error("nothing was measured");
  const r = ratio(small, nothing);
  report(
    "hook that files a turn, whole process / empty executable",
    `${r.toFixed(2)} x  (${ms(median(small.wallMs))} / ${ms(median(nothing.wallMs))})`,
    "<= 2 x",
    r <= 2,
  );
  const growth = ratio(large, small);
  report(
    "hook with a 100 MB transcript / with 1 MB",
    `${growth.toFixed(2)} x  (${ms(median(large.wallMs))})`,
    "<= 1.15 x",
    growth <= 1.15,
  );
}

async function statusline(): Promise<void> {
  const claude = join(scratch, "real");
  writeBenchCorpus(claude, "real", mib);
  await statuslineBench({ scratch, root, program, empty: await emptyExecutable(), history: claude, runs, envOf });
}

async function fiveMillion(): Promise<void> {
  const home = join(scratch, "five-million");
  if (!existsSync(join(home, "ledger.db"))) writeFiveMillion(home);
  const claude = join(scratch, "no-history");
  mkdirSync(join(claude, "projects"), { recursive: true });
  const [figures] = await inTurn(
    [{ name: "stats", argv: [program, "stats", "--since", "all", "--json"], env: envOf(claude, home) }],
    Math.max(5, runs),
  );
  const wall = median(figures?.wallMs ?? []);
  report("stats --since all on 5,000,000 calls", ms(wall), "<= 150 ms", wall <= 150);
}

try {
  console.log(`cc-ledger benchmarks: ${runs} runs a side after a warm-up, medians of pairs`);
  if (only === undefined || only === "plain") await history("plain");
  if (only === undefined || only === "real") await history("real");
  if (only === undefined || only === "hooks") await hooks();
  if (only === undefined || only === "guard") await guard();
  if (only === undefined || only === "statusline") await statusline();
  if (only === undefined || only === "pulls") await pullRequests();
  if (only === undefined || only === "calls") await fiveMillion();
  if (only === undefined || only === "mcp") await mcpBench({ scratch, program, mib, envOf });
  if (only === undefined || only === "watch") await watchView(program);
} finally {
  if (keep === undefined) rmSync(scratch, { recursive: true, force: true });
}
