import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prompt, reply } from "../test/e2e/program.ts";
import { type Command, inTurn, median, ratio, report } from "./run.ts";

/** What `PreToolUse` takes while a hard limit exists, whole process: with the turn at hand to be filed, and with nothing new. */

export interface GuardBench {
  scratch: string;
  program: string;
  /** An executable that does nothing. */
  empty: Command;
  /** Book of a large history that the session is filed in; none where a fresh one will do. */
  book: string | null;
  runs: number;
  envOf(claude: string, ledger: string): Record<string, string>;
}

const SESSION = "5e551011-0000-4000-8000-000000000001";

export async function guardBench(bench: GuardBench): Promise<void> {
  const small = askCommand(bench, 1, true);
  const idle = askCommand(bench, 1, false);
  const large = askCommand(bench, 100, true);
  const [a, b, c, nothing] = await inTurn([small, idle, large, bench.empty], Math.max(15, bench.runs));
  if (a === undefined || b === undefined || c === undefined || nothing === undefined)
    throw new Error("nothing was measured");
  const line = (what: string, figures: typeof a): void => {
    const r = ratio(figures, nothing);
    const ms = `${median(figures.wallMs).toFixed(1)} / ${median(nothing.wallMs).toFixed(1)} ms`;
    report(`PreToolUse, ${what}, whole process / empty executable`, `${r.toFixed(2)} x  (${ms})`, "<= 2 x", r <= 2);
  };
  line("a turn to file", a);
  line("nothing new", b);
  const growth = ratio(c, a);
  report("PreToolUse with a 100 MB transcript / with 1 MB", `${growth.toFixed(2)} x`, "<= 1.15 x", growth <= 1.15);
}

function askCommand({ scratch, program, book, envOf }: GuardBench, megabytes: number, fresh: boolean): Command {
  const name = `guard-${megabytes}-${fresh ? "turn" : "idle"}`;
  const claude = join(scratch, name);
  const ledger = join(scratch, `ledger-${name}`);
  const path = join(claude, "projects", "-nowhere-repo", `${SESSION}.jsonl`);
  mkdirSync(join(path, ".."), { recursive: true });
  rmSync(ledger, { recursive: true, force: true });
  if (book !== null) cpSync(book, ledger, { recursive: true });
  const start = Date.now() - 3_600_000;
  const padding = `${JSON.stringify({ type: "user", message: { role: "user", content: [{ tool_use_id: "toolu_x", type: "tool_result", content: "y".repeat(20_000) }] }, sessionId: SESSION, timestamp: new Date(start).toISOString() })}\n`;
  let text = prompt(SESSION, "p1", "work", start);
  for (let n = 0; text.length < megabytes * 1e6; n++)
    text += reply(SESSION, `msg_${n}`, start + n, { tool: `toolu_${n}` }) + padding;
  writeFileSync(path, text);
  const env = envOf(claude, ledger);
  for (const args of [
    ["budget", "set", "900000", "--per", "session", "--hard"],
    ["stats", "--json"],
  ])
    Bun.spawnSync([program, ...args], { env });
  const stdin = join(scratch, `${name}.json`);
  let turn = 0;
  const write = (): void => {
    turn += fresh ? 1 : 0;
    const id = `toolu_turn_${turn}`;
    const payload = {
      session_id: SESSION,
      transcript_path: path,
      cwd: "/nowhere/repo",
      prompt_id: "p1",
      hook_event_name: "PreToolUse",
      tool_name: "Bash",
      tool_input: { command: "true" },
      tool_use_id: id,
    };
    writeFileSync(stdin, JSON.stringify(payload));
    if (!fresh && turn > 0) return;
    const line = reply(SESSION, `msg_turn_${turn}`, start + 3_000_000 + turn * 1_000, { tool: id });
    writeFileSync(path, line, { flag: "a" });
  };
  write();
  return { name, argv: [program, "hook", "claude-code", "pre-tool-use"], env, stdin, ...(fresh && { before: write }) };
}
