import { appendFileSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prompt, reply } from "../test/e2e/program.ts";
import { type Command, type Figures, inTurn, median, ratio, report } from "./run.ts";

/** What a statusline takes, whole process, on the book of a large history: beside an executable that does nothing, with a small transcript and a
 *  large one, and beside `ccusage statusline` on the same history. */

export interface StatuslineBench {
  scratch: string;
  root: string;
  program: string;
  /** An executable that does nothing. */
  empty: Command;
  /** Config folder with a large history. */
  history: string;
  runs: number;
  envOf(claude: string, ledger: string): Record<string, string>;
}

const SESSION = "5e551011-0000-4000-8000-000000000002";

export async function statuslineBench(bench: StatuslineBench): Promise<void> {
  const ledger = join(bench.scratch, "ledger-statusline");
  rmSync(ledger, { recursive: true, force: true });
  Bun.spawnSync([bench.program, "stats", "--since", "all", "--json"], { env: bench.envOf(bench.history, ledger) });
  const [same, filed, turn, large, nothing] = await inTurn(
    [
      session(bench, ledger, "same", 1).command(false, false),
      session(bench, ledger, "filed", 1).afterHook(),
      session(bench, ledger, "turn", 1).command(true, true),
      session(bench, ledger, "large", 100).command(true, true),
      bench.empty,
    ],
    Math.max(30, bench.runs),
  );
  if (!same || !filed || !turn || !large || !nothing) throw new Error("nothing was measured");
  const line = (what: string, figures: Figures): void => {
    const r = ratio(figures, nothing);
    const ms = `${median(figures.wallMs).toFixed(1)} / ${median(nothing.wallMs).toFixed(1)} ms`;
    const cpu = median(figures.cpuMs) / median(nothing.cpuMs);
    const shown = `${r.toFixed(2)} x  (${ms}; cpu ${cpu.toFixed(2)} x)`;
    report(`statusline, ${what}, whole process / empty executable`, shown, "<= 2 x", r <= 2);
  };
  line("the same again", same);
  line("after a turn that a hook has filed", filed);
  line("a turn to file", turn);
  const growth = ratio(large, turn);
  report("statusline with a 100 MB transcript / with 1 MB", `${growth.toFixed(2)} x`, "<= 1.15 x", growth <= 1.15);
  await besideCcusage(bench, ledger);
}

/** Both read the same history, and the session's transcript grows before every run; then the same again, where ccusage has its cache. */
async function besideCcusage(bench: StatuslineBench, ledger: string): Promise<void> {
  const folder = join(bench.scratch, "node-tmp");
  mkdirSync(folder, { recursive: true });
  const own = session(bench, ledger, "beside", 1, bench.history);
  const native = readdirSync(join(bench.root, "node_modules", "@ccusage"))
    .map((name) => join(bench.root, "node_modules", "@ccusage", name, "bin", "ccusage"))
    .at(0);
  if (native === undefined) throw new Error("ccusage's own executable is not installed");
  const theirs = (before: () => void): Command => ({
    name: "ccusage statusline",
    argv: [native, "statusline", "--offline"],
    env: { ...bench.envOf(bench.history, ledger), TMPDIR: folder },
    stdin: own.stdin,
    before,
  });
  try {
    const [a, b] = await inTurn(
      [own.command(true, true), theirs(() => own.change(true, true))],
      Math.max(5, bench.runs),
    );
    const [c, d] = await inTurn([own.command(false, true), theirs(() => undefined)], Math.max(15, bench.runs));
    if (!a || !b || !c || !d) throw new Error("nothing was measured");
    const beside = (what: string, ours: Figures, other: Figures): void => {
      const r = ratio(other, ours);
      const figures = `1/${r.toFixed(r < 10 ? 1 : 0)}  (${median(ours.wallMs).toFixed(1)} / ${median(other.wallMs).toFixed(1)} ms)`;
      report(`statusline ${what} / ccusage statusline (its executable)`, figures, "", true);
    };
    beside("after a turn", a, b);
    beside("with nothing new, ccusage from its cache", c, d);
  } finally {
    rmSync(own.path, { force: true });
  }
}

interface BenchSession {
  path: string;
  stdin: string;
  /** Lets the transcript grow, and the client's JSON change. */
  change(grows: boolean, changes: boolean): void;
  command(grows: boolean, changes: boolean): Command;
  /** After a turn that the hooks have filed. */
  afterHook(): Command;
}

/** A session that is in a copy of the book, with the client's JSON of it. */
function session(
  bench: StatuslineBench,
  book: string,
  name: string,
  megabytes: number,
  history?: string,
): BenchSession {
  const claude = history ?? join(bench.scratch, `statusline-${name}`);
  const ledger = join(bench.scratch, `ledger-statusline-${name}`);
  const path = join(claude, "projects", "-nowhere-repo", `${SESSION}.jsonl`);
  mkdirSync(join(path, ".."), { recursive: true });
  rmSync(ledger, { recursive: true, force: true });
  cpSync(book, ledger, { recursive: true });
  const start = Date.now() - 3_600_000;
  const padding = `${JSON.stringify({ type: "user", message: { role: "user", content: [{ tool_use_id: "toolu_x", type: "tool_result", content: "y".repeat(20_000) }] }, sessionId: SESSION, timestamp: new Date(start).toISOString() })}\n`;
  let text = prompt(SESSION, "p1", "work", start);
  let calls = 0;
  for (; text.length < megabytes * 1e6; calls++)
    text += reply(SESSION, `msg_${calls}`, start + calls * 100, { tool: `toolu_${calls}` }) + padding;
  writeFileSync(path, text);
  const env = bench.envOf(claude, ledger);
  Bun.spawnSync([bench.program, "stats", "--json"], { env });
  const stdin = join(bench.scratch, `statusline-${name}.json`);
  let turn = 0;
  const change = (grows: boolean, changes: boolean): void => {
    if (changes) turn++;
    if (grows) {
      calls++;
      appendFileSync(path, reply(SESSION, `turn_${turn}`, Date.now(), { tool: `toolu_turn_${turn}` }));
    }
    writeFileSync(stdin, clientJson(path, calls, turn));
  };
  change(false, false);
  Bun.spawnSync([bench.program, "statusline"], { env, stdin: Bun.file(stdin) });
  const hookStdin = join(bench.scratch, `statusline-${name}-hook.json`);
  writeFileSync(hookStdin, JSON.stringify({ session_id: SESSION, transcript_path: path, cwd: "/nowhere/repo" }));
  return {
    path,
    stdin,
    change,
    afterHook: () => ({
      name,
      argv: [bench.program, "statusline"],
      env: { ...env, COLUMNS: "120" },
      stdin,
      before: () => {
        change(true, true);
        Bun.spawnSync([bench.program, "hook", "claude-code", "stop"], { env, stdin: Bun.file(hookStdin) });
      },
    }),
    command: (grows, changes) => ({
      name,
      argv: [bench.program, "statusline"],
      env: { ...env, COLUMNS: "120" },
      stdin,
      before: () => {
        change(grows, changes);
        // The memory of the same figures holds for two seconds: a run before makes it fresh.
        if (!changes)
          Bun.spawnSync([bench.program, "statusline"], { env: { ...env, COLUMNS: "120" }, stdin: Bun.file(stdin) });
      },
    }),
  };
}

/** What the client says: its count agrees, and every turn fills the context a little. */
function clientJson(path: string, calls: number, turn: number): string {
  const resets = Math.floor(Date.now() / 3_600_000) * 3_600 + 7_200;
  return JSON.stringify({
    session_id: SESSION,
    transcript_path: path,
    cwd: "/nowhere/repo",
    version: "2.1.330",
    model: { id: "claude-opus-5-5", display_name: "Opus 5.5" },
    workspace: { current_dir: "/nowhere/repo", project_dir: "/nowhere/repo", added_dirs: [] },
    cost: {
      total_cost_usd: calls * 0.00369,
      total_duration_ms: Date.now(),
      total_lines_added: turn,
      total_lines_removed: 1,
    },
    context_window: { total_input_tokens: 81_200 + turn, context_window_size: 1_000_000, used_percentage: 8 },
    rate_limits: {
      five_hour: { used_percentage: 37.5, resets_at: resets },
      seven_day: { used_percentage: 52, resets_at: resets + 200_000 },
    },
  });
}
