import { Database } from "bun:sqlite";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeDemoHistory } from "../../src/demo/history.ts";
import { writeAfternoon } from "./history.ts";

const HOUR_MS = 3_600_000;
/** It is always this hour in the pictures: the zone is chosen by it, so that a day's figures do not depend on when they are made. */
const HOUR = 15;

/** A scratch home with the made-up history, read into a book. */
export class Scene {
  readonly dir = mkdtempSync(join(tmpdir(), "cc-ledger-pictures-"));
  readonly nowMs = Date.now();
  readonly timeZone: string;
  readonly #program: string;

  constructor(program: string) {
    this.#program = program;
    const ahead = ((HOUR - new Date(this.nowMs).getUTCHours() + 36) % 24) - 12;
    // The signs of these names are the other way round.
    this.timeZone = ahead === 0 ? "UTC" : `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
    writeDemoHistory(this.claude, this.nowMs - 24 * HOUR_MS);
    writeAfternoon(this.claude, this.nowMs);
    this.run(["stats", "--since", "all", "--json"]);
    this.run(["config", "timezone", this.timeZone]);
    this.run(["budget", "set", "20", "--per", "day"]);
    this.run(["budget", "set", "3", "--per", "session", "--hard"]);
    this.run(["budget", "set", "8", "--per", "week", "--repo", "parser"]);
    this.#hooks();
    this.#extras();
  }

  get claude(): string {
    return join(this.dir, "claude");
  }

  get env(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? "",
      HOME: this.dir,
      CLAUDE_CONFIG_DIR: this.claude,
      CC_LEDGER_HOME: join(this.dir, "ledger"),
      TZ: this.timeZone,
      LANG: "C.UTF-8",
    };
  }

  /** Runs the program; throws what it said where it failed. */
  run(args: readonly string[], stdin = "", more: Record<string, string> = {}): string {
    const ran = Bun.spawnSync([this.#program, ...args], { env: { ...this.env, ...more }, stdin: new Blob([stdin]) });
    if (ran.exitCode !== 0) throw new Error(`cc-ledger ${args.join(" ")}: ${ran.stderr.toString()}`);
    return ran.stdout.toString();
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** One session has ended; the guard looks at two others. */
  #hooks(): void {
    this.hook("session-end", "-home-demo-notes-app", "05c8fa3d-0000-4000-8000-000000000006", { reason: "exit" });
    this.hook("stop", "-home-demo-shop", "3f1c7a52-0000-4000-8000-000000000001");
    this.hook("stop", "-home-demo-parser", "d2716e88-0000-4000-8000-000000000003");
  }

  /** What the client would call for a session. */
  hook(event: string, project: string, session_id: string, more: object = {}): void {
    const transcript_path = join(this.claude, "projects", project, `${session_id}.jsonl`);
    const cwd = project.replaceAll("-", "/");
    this.run(["hook", "claude-code", event], JSON.stringify({ session_id, transcript_path, cwd, ...more }));
  }

  /** The line that the client would show below its input, `columns` wide. */
  statusline(columns: number): string {
    const session_id = "3f1c7a52-0000-4000-8000-000000000001";
    const seconds = (hours: number): number => Math.round((this.nowMs + hours * HOUR_MS) / 1_000);
    const payload = {
      session_id,
      transcript_path: join(this.claude, "projects", "-home-demo-shop", `${session_id}.jsonl`),
      cwd: "/home/demo/shop",
      version: "2.1.330",
      model: { id: "claude-opus-5-5", display_name: "Opus 5.5" },
      workspace: { current_dir: "/home/demo/shop", project_dir: "/home/demo/shop" },
      cost: { total_cost_usd: 2.98, total_duration_ms: 3_480_000, total_lines_added: 214, total_lines_removed: 37 },
      context_window: { context_window_size: 200_000, used_percentage: 63, total_input_tokens: 125_100 },
      rate_limits: {
        five_hour: { used_percentage: 62, resets_at: seconds(1.6) },
        seven_day: { used_percentage: 41, resets_at: seconds(62) },
      },
    };
    return this.run(["statusline"], JSON.stringify(payload), { COLUMNS: String(columns) });
  }

  /** What the statusline and the guard's hooks would have written in the course of the afternoon. */
  #extras(): void {
    mkdirSync(join(this.dir, "ledger"), { recursive: true });
    const db = new Database(join(this.dir, "ledger", "ledger.db"));
    const sample = db.query("INSERT OR REPLACE INTO limits (period, at_ms, used, resets_ms) VALUES (?, ?, ?, ?)");
    sample.run("five_hour", this.nowMs - 60_000, 62, this.nowMs + 1.6 * HOUR_MS);
    sample.run("seven_day", this.nowMs - 60_000, 41, this.nowMs + 62 * HOUR_MS);
    db.close();
  }
}
