import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A made-up afternoon for the pictures: six sessions that end now, one of them with sub-agents at work. The same every time, but for the clock. */

const MINUTE_MS = 60_000;

interface Work {
  id: string;
  title: string;
  cwd: string;
  branch: string;
  model: string;
}

/** One session's transcript while it is made up. */
class Session {
  readonly #work: Work;
  readonly #nowMs: number;
  readonly #files = new Map<string, string>();
  #ids = 0;
  #context = 21_000;

  constructor(work: Work, nowMs: number) {
    this.#work = work;
    this.#nowMs = nowMs;
    this.#row("", 0, { type: "ai-title", aiTitle: work.title }, false);
  }

  prompt(minutesAgo: number, text: string): this {
    this.#row("", minutesAgo, {
      type: "user",
      promptId: `${this.#work.id}-p${this.#ids++}`,
      turnOrigin: "human",
      message: { role: "user", content: text },
    });
    return this;
  }

  /** A call that uses a tool; `outcome` is what the tool says, null while it runs. */
  tool(
    minutesAgo: number,
    name: string,
    input: object,
    outcome: "ok" | "error" | null = "ok",
    output = 620,
    run = "",
  ): string {
    const id = `toolu_${this.#work.id}_${this.#ids++}`;
    this.#call(run, minutesAgo, output, [{ type: "tool_use", id, name, input }], "tool_use");
    if (outcome !== null) {
      const result = {
        tool_use_id: id,
        type: "tool_result",
        content: outcome,
        ...(outcome === "error" && { is_error: true }),
      };
      this.#row(run, minutesAgo - 0.1, {
        type: "user",
        message: { role: "user", content: [result] },
        toolUseResult: outcome,
      });
    }
    return id;
  }

  /** The reply that ends a turn. */
  done(minutesAgo: number, output = 380): this {
    this.#call("", minutesAgo, output, [{ type: "text", text: "Done." }], "end_turn");
    return this;
  }

  /** A sub-agent that `spawn` sent out. */
  agent(run: string, agentType: string, description: string, spawn: string): void {
    const meta = { agentType, description, toolUseId: spawn, spawnDepth: 1 };
    this.#files.set(`${this.#folder}/subagents/agent-${run}.meta.json`, JSON.stringify(meta));
  }

  writeTo(configDir: string): void {
    for (const [path, text] of this.#files) {
      const full = join(configDir, "projects", path);
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, text);
    }
  }

  get #folder(): string {
    return `${this.#work.cwd.replace(/[^A-Za-z0-9]/g, "-")}/${this.#work.id}`;
  }

  #call(run: string, minutesAgo: number, output: number, content: object[], stop: string): void {
    const written = 900 + output * 3;
    const usage = {
      input_tokens: 12,
      output_tokens: output,
      cache_read_input_tokens: run === "" ? this.#context : 18_000,
      cache_creation_input_tokens: written,
      cache_creation: {
        ephemeral_5m_input_tokens: run === "" ? 0 : written,
        ephemeral_1h_input_tokens: run === "" ? written : 0,
      },
    };
    if (run === "") this.#context += written;
    const id = `${this.#work.id}_${this.#ids++}`;
    const message = { id: `msg_${id}`, model: this.#work.model, role: "assistant", content, stop_reason: stop, usage };
    this.#row(run, minutesAgo, { type: "assistant", requestId: `req_${id}`, message });
  }

  #row(run: string, minutesAgo: number, row: object, stamped = true): void {
    const path = run === "" ? `${this.#folder}.jsonl` : `${this.#folder}/subagents/agent-${run}.jsonl`;
    const { id, cwd, branch } = this.#work;
    const envelope = {
      isSidechain: run !== "",
      ...(run !== "" && { agentId: run }),
      cwd,
      sessionId: id,
      version: "2.1.330",
      gitBranch: branch,
      entrypoint: "cli",
    };
    const stamp = stamped
      ? { uuid: `row_${id}_${this.#ids++}`, timestamp: new Date(this.#nowMs - minutesAgo * MINUTE_MS).toISOString() }
      : {};
    this.#files.set(path, `${this.#files.get(path) ?? ""}${JSON.stringify({ ...row, ...envelope, ...stamp })}\n`);
  }
}

const OPUS = "claude-opus-5-5";

/** Writes the afternoon below `configDir/projects`. */
export function writeAfternoon(configDir: string, nowMs: number): void {
  for (const session of [checkout, rounding, parser, mojibake, gateway, offline]) session(nowMs).writeTo(configDir);
}

function checkout(nowMs: number): Session {
  const work = { id: "3f1c7a52-0000-4000-8000-000000000001", title: "Add the checkout page", model: OPUS };
  const session = new Session({ ...work, cwd: "/home/demo/shop", branch: "feature/checkout" }, nowMs);
  session.prompt(58, "Let's plan the checkout page before writing any code");
  for (const [at, file] of [
    [57, "routes.ts"],
    [56, "cart.ts"],
    [54, "address.ts"],
  ] as const)
    session.tool(at, "Read", { file_path: `/home/demo/shop/src/${file}` });
  session.done(52, 2_400);
  session.prompt(44, "Add a checkout page with address form and payment step");
  for (let n = 0; n < 12; n++)
    session.tool(
      43 - n,
      n % 3 === 2 ? "Bash" : "Edit",
      n % 3 === 2 ? { command: "bun test checkout" } : edit("checkout.tsx"),
      "ok",
      900 + n * 120,
    );
  session.done(30, 700);
  session.prompt(21, "Write tests for the payment step, and find out where addresses are validated");
  session.tool(20, "Read", { file_path: "/home/demo/shop/src/payment.ts" });
  const agents = [
    ["a51e0c1", "Explore", "Find where addresses are validated"],
    ["b7d2f90", "general-purpose", "Write tests for the payment step"],
    ["c0943ae", "Explore", "List callers of the old cart"],
    ["d8815bb", "Explore", "Read the provider's API description"],
  ] as const;
  for (const [at, [run, type, description]] of agents.entries()) {
    const spawn = session.tool(18 - at, "Agent", { description, prompt: "..." }, at === 3 ? "ok" : null, 260);
    session.agent(run, type, description, spawn);
    for (let n = 0; n < 14 - at * 3; n++)
      session.tool(
        17 - at - n * 1.2 < 0 ? 0.4 : 17 - at - n * 1.2,
        n % 2 === 0 ? "Grep" : "Read",
        n % 2 === 0 ? { pattern: "address" } : { file_path: "/home/demo/shop/src/address.ts" },
        "ok",
        700,
        run,
      );
  }
  session.tool(0.5, "Edit", edit("payment.test.ts"), "ok", 1_900);
  session.tool(0.3, "Bash", { command: "bun test payment" }, null, 240);
  return session;
}

function edit(file: string): object {
  return { file_path: `/home/demo/shop/src/${file}`, old_string: "a", new_string: "b" };
}

function rounding(nowMs: number): Session {
  const work = {
    id: "9b04de17-0000-4000-8000-000000000002",
    title: "Fix rounding in the cart",
    model: "claude-sonnet-5-5",
  };
  const session = new Session({ ...work, cwd: "/home/demo/shop", branch: "fix/cart-rounding" }, nowMs);
  session.prompt(26, "The cart total is off by one cent for three items, fix the bug");
  for (let n = 0; n < 9; n++)
    session.tool(
      25 - n * 2,
      n % 2 === 0 ? "Edit" : "Bash",
      n % 2 === 0 ? edit("cart.ts") : { command: "bun test cart" },
    );
  return session.done(6, 900);
}

function parser(nowMs: number): Session {
  const work = { id: "d2716e88-0000-4000-8000-000000000003", title: "Split the parser module", model: OPUS };
  const session = new Session({ ...work, cwd: "/home/demo/parser", branch: "streaming-reader" }, nowMs);
  session.prompt(16, "Refactor parser.ts into smaller modules, no behaviour change");
  session.tool(15, "Read", { file_path: "/home/demo/parser/src/parser.ts" });
  for (let n = 0; n < 5; n++)
    session.tool(
      14 - n,
      "Edit",
      { file_path: `/home/demo/parser/src/part${n}.ts`, old_string: "a", new_string: "b" },
      "ok",
      1_200,
    );
  for (let n = 0; n < 8; n++) session.tool(8 - n, "Bash", { command: "npm test" }, "error", 420);
  return session;
}

function mojibake(nowMs: number): Session {
  const work = {
    id: "61a90cc4-0000-4000-8000-000000000004",
    title: "レポート画面の文字化けを直す",
    model: "claude-haiku-4-5-20251001",
  };
  const session = new Session({ ...work, cwd: "/home/demo/notes-app", branch: "main" }, nowMs);
  session.prompt(11, "レポート画面の文字化けを直してください");
  session.tool(10, "Grep", { pattern: "encode" });
  session.tool(9, "Edit", { file_path: "/home/demo/notes-app/レポート.ts", old_string: "a", new_string: "b" });
  return session.done(8, 300);
}

function gateway(nowMs: number): Session {
  const work = { id: "77e3b1f0-0000-4000-8000-000000000005", title: "Try the local model", model: "qwen-coder-local" };
  const session = new Session({ ...work, cwd: "/home/demo/parser", branch: "main" }, nowMs);
  session.prompt(4, "Explain how the tokenizer handles nested quotes");
  session.tool(3.5, "Read", { file_path: "/home/demo/parser/src/tokenizer.ts" });
  return session.done(3, 500);
}

function offline(nowMs: number): Session {
  const work = { id: "05c8fa3d-0000-4000-8000-000000000006", title: "Plan the offline mode", model: OPUS };
  const session = new Session({ ...work, cwd: "/home/demo/notes-app", branch: "main" }, nowMs);
  session.prompt(29, "Let's plan an offline mode before writing any code");
  for (let n = 0; n < 6; n++) session.tool(28 - n, "Read", { file_path: "/home/demo/notes-app/sync.ts" }, "ok", 800);
  return session.done(20, 2_000);
}
