import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { slugOf } from "../../simulator/transcript.ts";
import type { Draw } from "./draw.ts";

/** A call as the truth knows it. */
export interface CallTruth {
  atMs: number;
  costNanoUsd: number;
}

/** One conversation: its files, the ids in them, and what its calls cost. */
export class Session {
  readonly id: string;
  readonly calls: CallTruth[] = [];
  agents = 0;
  branch = "main";
  readonly draw: Draw;
  readonly cwd: string;
  /** True for a session that a script started: nobody types in it. */
  readonly scripted: boolean;
  readonly #files = new Map<string, string[]>();
  #rows = 0;

  constructor(draw: Draw, cwd: string, scripted: boolean) {
    this.draw = draw;
    this.id = draw.uuid();
    this.cwd = cwd;
    this.scripted = scripted;
  }

  get costNanoUsd(): number {
    return this.calls.reduce((sum, call) => sum + call.costNanoUsd, 0);
  }

  /** Cost of the calls before a time. */
  costBefore(atMs: number): number {
    return this.calls.reduce((sum, call) => sum + (call.atMs < atMs ? call.costNanoUsd : 0), 0);
  }

  /** Cost of the dearest stretch of this length. */
  dearest(lengthMs: number): number {
    const calls = [...this.calls].sort((a, b) => a.atMs - b.atMs);
    let [from, sum, most] = [0, 0, 0];
    for (const call of calls) {
      sum += call.costNanoUsd;
      for (let first = calls[from]; first !== undefined && first.atMs <= call.atMs - lengthMs; first = calls[++from])
        sum -= first.costNanoUsd;
      most = Math.max(most, sum);
    }
    return most;
  }

  /** The next id with this prefix, like no other of any session. */
  nextId(prefix: string): string {
    return `${prefix}_01${this.id.slice(0, 13).replace("-", "")}${(this.#rows++).toString(36)}`;
  }

  /** Adds a conversation row to the main file (`agentId` null) or an agent's, with the envelope around it. */
  add(agentId: string | null, atMs: number, row: object): void {
    const full = {
      isSidechain: agentId !== null,
      ...(agentId !== null && { agentId }),
      ...row,
      uuid: this.nextId("row"),
      timestamp: new Date(atMs).toISOString(),
      userType: "external",
      entrypoint: this.scripted ? "sdk-cli" : "cli",
      cwd: this.cwd,
      sessionId: this.id,
      version: "2.1.330",
      gitBranch: this.branch,
    };
    this.#file(agentId === null ? "" : `agent-${agentId}.jsonl`).push(JSON.stringify(full));
  }

  /** The sidecar of a sub-agent. */
  describe(agentId: string, meta: object): void {
    this.agents++;
    this.#files.set(`agent-${agentId}.meta.json`, [JSON.stringify(meta)]);
  }

  /** Writes all files below a config folder; answers their bytes. */
  write(claude: string): number {
    const base = join(claude, "projects", slugOf(this.cwd), this.id);
    let bytes = 0;
    for (const [name, lines] of this.#files) {
      const path = name === "" ? `${base}.jsonl` : join(base, "subagents", name);
      const text = `${lines.join("\n")}\n`;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      bytes += text.length;
    }
    return bytes;
  }

  #file(name: string): string[] {
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const lines: string[] = [];
    this.#files.set(name, lines);
    return lines;
  }
}
