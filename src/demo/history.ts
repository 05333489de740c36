import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A made-up history for people who have none yet: some weeks of work in three repos, ending today. Deterministic for a day. */

const DAY_MS = 86_400_000;
const DAYS = 40;
const SEED = 20261123;

interface Draw {
  /** Next number in [0, 1). */
  next(): number;
  /** Whole number in [low, high]. */
  between(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
}

function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (list) => list[Math.floor(next() * list.length)] as (typeof list)[number],
  };
}

const REPOS = [
  { cwd: "/home/demo/shop", branches: ["main", "feature/checkout", "fix/cart-rounding"], weight: 5 },
  { cwd: "/home/demo/parser", branches: ["main", "streaming-reader"], weight: 3 },
  { cwd: "/home/demo/notes-app", branches: ["main"], weight: 1 },
];

const MODELS = ["claude-opus-5-5", "claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-4-5-20251001"];

interface Task {
  title: string;
  prompt: string;
  tools: { name: string; input: Record<string, unknown> }[];
}

const TASKS: readonly Task[] = [
  {
    title: "Fix rounding in the cart",
    prompt: "The cart total is off by one cent for three items, fix the bug",
    tools: [
      tool("Read", { file_path: "cart.ts" }),
      tool("Edit", { file_path: "cart.ts", old_string: "a", new_string: "b" }),
      tool("Bash", { command: "bun test cart" }),
    ],
  },
  {
    title: "Add the checkout page",
    prompt: "Add a checkout page with address form and payment step",
    tools: [
      tool("Write", { file_path: "checkout.tsx", content: "page" }),
      tool("Edit", { file_path: "routes.ts", old_string: "a", new_string: "b" }),
    ],
  },
  {
    title: "How the tokenizer works",
    prompt: "Explain how the tokenizer handles nested quotes",
    tools: [tool("Grep", { pattern: "quote" }), tool("Read", { file_path: "tokenizer.ts" })],
  },
  {
    title: "Run the tests",
    prompt: "Run the test suite and tell me what fails",
    tools: [tool("Bash", { command: "npm test" })],
  },
  {
    title: "Split the parser module",
    prompt: "Refactor parser.ts into smaller modules, no behaviour change",
    tools: [
      tool("Read", { file_path: "parser.ts" }),
      tool("Edit", { file_path: "parser.ts", old_string: "a", new_string: "b" }),
      tool("Write", { file_path: "lexer.ts", content: "x" }),
    ],
  },
  {
    title: "Commit and push",
    prompt: "Commit this and push the branch",
    tools: [tool("Bash", { command: "git add -A && git commit -m wip && git push" })],
  },
  {
    title: "Plan the offline mode",
    prompt: "Let's plan an offline mode before writing any code",
    tools: [tool("EnterPlanMode", {}), tool("Read", { file_path: "sync.ts" }), tool("ExitPlanMode", { plan: "steps" })],
  },
  {
    title: "Deploy to staging",
    prompt: "Build the image and deploy it to staging",
    tools: [tool("Bash", { command: "docker build . && make deploy" })],
  },
];

function tool(name: string, input: Record<string, unknown>): Task["tools"][number] {
  return { name, input };
}

/** Writes the history below `configDir/projects`; answers how many transcripts it has. `nowMs` is where it ends. */
export function writeDemoHistory(configDir: string, nowMs: number): number {
  const draw = drawFrom(SEED);
  let files = 0;
  for (let day = DAYS; day >= 0; day--) {
    const sessions = draw.between(0, 3);
    for (let n = 0; n < sessions; n++) {
      const startMs = nowMs - day * DAY_MS - draw.between(1, 8) * 3_600_000;
      writeSession(configDir, files++, Math.min(startMs, nowMs - 1_800_000), draw, false);
    }
    if (day === 6) writeSession(configDir, files++, nowMs - day * DAY_MS - 5 * 3_600_000, draw, true);
  }
  return files;
}

function writeSession(configDir: string, number: number, startMs: number, draw: Draw, runaway: boolean): void {
  const repo = draw.pick(REPOS.flatMap((one) => Array.from({ length: one.weight }, () => one)));
  const start = (Math.imul(number + 1, 2654435761) >>> 0).toString(16).padStart(8, "0");
  const sessionId = `${start}-0000-4000-8000-${String(number).padStart(12, "0")}`;
  const folder = join(configDir, "projects", repo.cwd.replace(/[^A-Za-z0-9]/g, "-"));
  const session = new DemoSession(sessionId, repo.cwd, draw.pick(repo.branches), draw.pick(MODELS), startMs, draw);
  const prompts = runaway ? 3 : draw.between(1, 5);
  let title = "";
  for (let n = 0; n < prompts; n++) {
    const task = draw.pick(TASKS);
    title ||= task.title;
    session.prompt(task, runaway ? 260 : draw.between(2, 12));
  }
  session.close(runaway ? "Find the flaky test" : title);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${sessionId}.jsonl`), session.text);
}

/** Rows of one made-up session. */
class DemoSession {
  text = "";
  readonly #envelope: Record<string, unknown>;
  readonly #model: string;
  readonly #draw: Draw;
  #atMs: number;
  #context = 18_000;
  #ids = 0;

  constructor(sessionId: string, cwd: string, branch: string, model: string, startMs: number, draw: Draw) {
    this.#envelope = {
      isSidechain: false,
      userType: "external",
      entrypoint: "cli",
      cwd,
      sessionId,
      version: "2.1.330",
      gitBranch: branch,
    };
    this.#model = model;
    this.#atMs = startMs;
    this.#draw = draw;
  }

  prompt(task: Task, calls: number): void {
    this.#row({
      type: "user",
      promptId: this.#id("prompt"),
      promptSource: "typed",
      turnOrigin: "human",
      message: { role: "user", content: task.prompt },
    });
    for (let n = 0; n < calls; n++) {
      const last = n === calls - 1;
      const use = task.tools[n % task.tools.length] as Task["tools"][number];
      const id = this.#id("toolu_demo");
      this.#call(
        last ? { type: "text", text: "Done." } : { type: "tool_use", id, name: use.name, input: use.input },
        last,
      );
      if (!last)
        this.#row({
          type: "user",
          message: { role: "user", content: [{ tool_use_id: id, type: "tool_result", content: "ok" }] },
          toolUseResult: "ok",
        });
    }
  }

  close(title: string): void {
    this.text += `${JSON.stringify({ type: "ai-title", aiTitle: title, sessionId: this.#envelope.sessionId })}\n`;
  }

  #call(block: object, last: boolean): void {
    const written = this.#draw.between(300, 4_000);
    const usage = {
      input_tokens: this.#draw.between(2, 40),
      output_tokens: this.#draw.between(60, 1_400),
      cache_read_input_tokens: this.#context,
      cache_creation_input_tokens: written,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: written },
      service_tier: "standard",
      speed: "standard",
    };
    this.#context = Math.min(180_000, this.#context + written);
    const message = {
      id: this.#id("msg_demo"),
      type: "message",
      role: "assistant",
      model: this.#model,
      content: [block],
      stop_reason: last ? "end_turn" : "tool_use",
      usage,
    };
    this.#row({ type: "assistant", requestId: this.#id("req_demo"), message });
  }

  #row(row: object): void {
    this.#atMs += this.#draw.between(2_000, 25_000);
    const stamp = { uuid: this.#id("row"), timestamp: new Date(this.#atMs).toISOString() };
    this.text += `${JSON.stringify({ ...row, ...stamp, ...this.#envelope })}\n`;
  }

  #id(prefix: string): string {
    return `${prefix}_${String(this.#envelope.sessionId).slice(-12)}_${this.#ids++}`;
  }
}
