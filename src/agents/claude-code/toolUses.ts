import { toolFlags } from "../../categories/index.ts";
import { hash64, hashHigh, hashLow } from "../../platform/hash.ts";
import type { CallLine, FileEvents } from "../events.ts";
import { EDIT_TOOLS, editOfInput, editOfResult, editsOfShell } from "./edits.ts";
import { gitOperationsOf, isGitCommand } from "./gitOperations.ts";
import { inputKeyOf, shapeKeyOf } from "./identity.ts";
import { isSpawn, skillOf, spawnOf } from "./labels.ts";
import { objectOf, type Row, textOf } from "./rows.ts";

/** Stands for a shell command that has nothing to do with git. */
const PLAIN = "-";
/** Stands for a tool use whose result names the sub-agent. */
const SPAWN = "+";
const SHELL_DIFF = Buffer.from('"bashEditDiff":{"files":[{', "latin1");

/** Results that never come must not be waited for in ever more places. */
const MAX_AWAITED = 200;

/** Tool uses whose results say what they wrote or did with git, by id; the value is the start of a shell command, "" for an edit,
 *  {@link PLAIN} for a command that tells only what it changed, {@link SPAWN} for a sub-agent that was asked for. */
export type Awaited = [id: string, command: string][];

/** The tools that calls ask for, and what their results say was done. */
export class ToolUses {
  readonly #events: FileEvents;
  readonly #awaited: Map<string, string>;

  constructor(events: FileEvents, awaited: Awaited) {
    this.#events = events;
    this.#awaited = new Map(awaited);
  }

  /** What must be remembered between two stretches of a file. */
  awaited(): Awaited {
    return [...this.#awaited];
  }

  /** Files the tools that a call asks for. */
  file(call: CallLine, content: readonly unknown[]): void {
    for (const value of content) {
      const block = objectOf(value);
      if (block?.type !== "tool_use") continue;
      const id = textOf(block.id, 200);
      const name = textOf(block.name, 200);
      if (id === "" || name === "") continue;
      const input = objectOf(block.input);
      const inputKey = inputKeyOf(input);
      const shapeKey = shapeKeyOf(input);
      hash64(id);
      const keyHigh = hashHigh;
      const keyLow = hashLow;
      this.#events.toolUses.push({
        keyHigh,
        keyLow,
        callHigh: call.keyHigh,
        callLow: call.keyLow,
        sessionId: call.sessionId,
        promptKey: call.promptKey,
        runId: call.runId,
        name,
        path: textOf(input?.file_path, 4096) || textOf(input?.notebook_path, 4096),
        atMs: call.atMs,
        inputKey,
        shapeKey,
        toolFlags: toolFlags(name, block.input),
      });
      const skill = skillOf(name, input);
      if (skill !== "") this.#events.skills.push({ keyHigh, keyLow, name: skill });
      const spawn = spawnOf(name, input);
      if (spawn !== null) this.#events.spawns.push({ keyHigh, keyLow, sessionId: call.sessionId, ...spawn });
      this.#await(id, name, input, call);
    }
  }

  /** Files what an edit is going to write, and remembers the tool use where its result will tell more. */
  #await(id: string, name: string, input: Row | null, call: CallLine): void {
    const isShell = name === "Bash" || name === "PowerShell";
    const shell = isShell ? (isGitCommand(input?.command) ? textOf(input?.command, 2000) : PLAIN) : null;
    const command = isSpawn(name) ? SPAWN : shell;
    if (command === null && !EDIT_TOOLS.has(name)) return;
    if (this.#awaited.size >= MAX_AWAITED) this.#awaited.delete(this.#awaited.keys().next().value ?? "");
    this.#awaited.set(id, command ?? "");
    const edit = editOfInput(name, input);
    if (edit === null) return;
    hash64(id);
    const { sessionId, atMs } = call;
    this.#events.edits.push({ keyHigh: hashHigh, keyLow: hashLow, sessionId, atMs, ...edit });
  }

  /** Whether the result that stands in these bytes tells more of a tool use than that it worked. */
  isAwaited(id: string, data: Buffer, start: number, end: number): boolean {
    if (this.#awaited.size === 0) return false;
    const command = this.#awaited.get(id);
    if (command !== PLAIN) return command !== undefined;
    const at = data.indexOf(SHELL_DIFF, start);
    return at >= 0 && at < end;
  }

  /** What a tool's structured result says was written or done with git. */
  outcome(
    id: string,
    failed: boolean,
    result: Row | null,
    { sessionId, atMs, cwd }: { sessionId: string; atMs: number; cwd: string },
  ): void {
    const command = this.#awaited.get(id);
    if (command === undefined) return;
    this.#awaited.delete(id);
    if (failed || command === SPAWN) return;
    hash64(id);
    const from = { keyHigh: hashHigh, keyLow: hashLow, sessionId, atMs };
    const edit = command === "" ? editOfResult(result) : null;
    if (edit !== null) this.#events.edits.push({ ...from, ...edit });
    if (command !== "") this.#events.edits.push(...editsOfShell(result).map((one) => ({ ...from, ...one })));
    if (command !== "" && command !== PLAIN)
      this.#events.gits.push(...gitOperationsOf(result, command).map((one) => ({ ...from, cwd, ...one })));
  }
}
