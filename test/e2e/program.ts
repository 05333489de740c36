import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The built executable, run as a person or a client would run it, in a home of its own. */
export const PROGRAM = join(
  import.meta.dir,
  "..",
  "..",
  "dist",
  process.platform === "win32" ? "cc-ledger.exe" : "cc-ledger",
);

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** A zone in which it is noon: what happened minutes ago was today, whenever the tests run. */
export function zoneAtNoon(): string {
  const ahead = 12 - new Date().getUTCHours();
  return ahead === 0 ? "UTC" : `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}

/** A scratch home: `claude` is the agent's config folder, `ledger` the ledger's. */
export class Home {
  readonly dir: string;
  readonly claude: string;
  ledger: string;
  readonly #zone: string;

  /** Days are cut in `zone`. */
  constructor(zone = "UTC") {
    this.#zone = zone;
    if (!existsSync(PROGRAM)) throw new Error("build the program first: npm run build");
    this.dir = mkdtempSync(join(tmpdir(), "cc-ledger-e2e-"));
    this.claude = join(this.dir, "claude");
    this.ledger = join(this.dir, "ledger");
    mkdirSync(join(this.claude, "projects"), { recursive: true });
  }

  get book(): string {
    return join(this.ledger, "ledger.db");
  }

  env(extra: Record<string, string> = {}): Record<string, string> {
    return {
      PATH: process.env.PATH ?? "",
      HOME: this.dir,
      CLAUDE_CONFIG_DIR: this.claude,
      CC_LEDGER_HOME: this.ledger,
      TZ: this.#zone,
      CC_LEDGER_NO_DESKTOP: "1",
      ...extra,
    };
  }

  spawn(args: readonly string[], stdin = "", extra: Record<string, string> = {}): Bun.Subprocess<Blob, "pipe", "pipe"> {
    return Bun.spawn([PROGRAM, ...args], {
      env: this.env(extra),
      stdin: new Blob([stdin]),
      stdout: "pipe",
      stderr: "pipe",
    });
  }

  async run(args: readonly string[], stdin = "", extra: Record<string, string> = {}): Promise<Ran> {
    const child = this.spawn(args, stdin, extra);
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { code, out, err };
  }

  /** Runs the program in a folder. */
  async runIn(cwd: string, args: readonly string[], extra: Record<string, string> = {}): Promise<Ran> {
    const child = Bun.spawn([PROGRAM, ...args], { cwd, env: this.env(extra), stdout: "pipe", stderr: "pipe" });
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { code, out, err };
  }

  /** Runs a hook and answers its exit code and what it printed. */
  hook(event: string, payload: object | string, extra: Record<string, string> = {}): Promise<Ran> {
    return this.run(
      ["hook", "claude-code", event],
      typeof payload === "string" ? payload : JSON.stringify(payload),
      extra,
    );
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A row of an assistant's reply, as Claude Code writes it. */
export function reply(
  sessionId: string,
  id: string,
  atMs: number,
  more: {
    output?: number;
    tool?: string;
    name?: string;
    input?: object;
    agentId?: string;
    cwd?: string;
    branch?: string;
  } = {},
): string {
  const content =
    more.tool === undefined
      ? [{ type: "text", text: "ok" }]
      : [{ type: "tool_use", id: more.tool, name: more.name ?? "Bash", input: more.input ?? { command: "ls" } }];
  const usage = {
    input_tokens: 10,
    output_tokens: more.output ?? 100,
    cache_read_input_tokens: 1_000,
    cache_creation_input_tokens: 200,
    cache_creation: { ephemeral_5m_input_tokens: 50, ephemeral_1h_input_tokens: 150 },
  };
  return `${JSON.stringify({
    isSidechain: more.agentId !== undefined,
    ...(more.agentId !== undefined && { agentId: more.agentId }),
    message: { id, model: "claude-opus-5-5", role: "assistant", content, stop_reason: "end_turn", usage },
    requestId: `req_${id}`,
    type: "assistant",
    uuid: `uuid_${id}`,
    timestamp: new Date(atMs).toISOString(),
    cwd: more.cwd ?? "/nowhere/repo",
    sessionId,
    version: "2.1.330",
    gitBranch: more.branch ?? "main",
  })}\n`;
}

/** A person's prompt. */
export function prompt(sessionId: string, promptId: string, text: string, atMs: number): string {
  const row = {
    type: "user",
    promptId,
    uuid: `u_${promptId}`,
    turnOrigin: "human",
    message: { role: "user", content: text },
    timestamp: new Date(atMs).toISOString(),
  };
  return `${JSON.stringify({ ...row, cwd: "/nowhere/repo", sessionId, version: "2.1.330", gitBranch: "main" })}\n`;
}

/** Cost of one {@link reply} with 100 output tokens, worked out by hand at Opus 5.5 prices (4/20/0.20/5/8 USD per million):
 *  10 x 4000 + 100 x 20000 + 1000 x 200 + 50 x 5000 + 150 x 8000 nano-dollars. */
export const REPLY_COST = 3_690_000;
