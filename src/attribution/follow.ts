/** Who bears a call (design: a call that edits goes where its surviving lines are; one that does not follows the next that does, within its
 *  prompt; a sub-agent follows the call that spawned it; then the branch). Pure: calls with what their lines say in, shares of all out. */

/** How a share came to its bearer, and how sure that is. */
export type Method = "content" | "formatted" | "shell" | "git-operation" | "follows" | "spawned" | "branch" | "none";

/** A: the lines or the operation say it; B: by the course of the prompt; C: by the branch alone; D: nothing says it. */
export const GRADES: Readonly<Record<Method, string>> = {
  content: "A",
  formatted: "A",
  shell: "B",
  "git-operation": "A",
  follows: "B",
  spawned: "B",
  branch: "C",
  none: "D",
};

export interface CallRow {
  id: number;
  run_id: number;
  prompt_id: number | null;
  branch_id: number;
  at_ms: number;
  input: number;
  output: number;
  cache_read: number;
  cache_write_5m: number;
  cache_write_1h: number;
  cost_nano: number | null;
  category: number;
}

/** Someone who bears a share of a call: a commit, or what its branch leads to. */
export interface Target {
  prId: number | null;
  branchId: number | null;
  commitId: number | null;
  weight: number;
}

export interface Share {
  targets: Target[];
  method: Method;
}

export interface RunRow {
  id: number;
  run_id: string;
  kind: string;
  spawner: number | null;
}

/** Adds a bearer to the share of a call; one that is there already weighs more. */
export function addTarget(shares: Map<number, Share>, callId: number, target: Target, method: Method): void {
  const share = shares.get(callId);
  if (share === undefined) {
    shares.set(callId, { targets: [target], method });
    return;
  }
  const same = share.targets.find(
    (one) => one.commitId === target.commitId && one.prId === target.prId && one.branchId === target.branchId,
  );
  if (same === undefined) share.targets.push(target);
  else same.weight += target.weight;
  if (method === "content") share.method = "content";
}

/** Gives every call without an anchor of its own the share of one that has. */
export function follow(
  calls: readonly CallRow[],
  runs: readonly RunRow[],
  anchors: ReadonlyMap<number, Share>,
  byBranch: (call: CallRow) => Target,
): Map<number, Share> {
  const shares = new Map(anchors);
  const ofRun = new Map<number, CallRow[]>();
  for (const call of calls) ofRun.set(call.run_id, [...(ofRun.get(call.run_id) ?? []), call]);
  const byId = new Map(calls.map((call) => [call.id, call]));
  // A call that sent out a sub-agent that edits is an anchor like the sub-agent's own.
  for (const run of runs) {
    const spawner = run.spawner === null ? undefined : byId.get(run.spawner);
    if (spawner === undefined || shares.has(spawner.id)) continue;
    const targets = (ofRun.get(run.id) ?? []).flatMap((call) => anchors.get(call.id)?.targets ?? []);
    for (const target of targets) addTarget(shares, spawner.id, { ...target }, "spawned");
  }
  const firm = new Map(shares);
  const main = runs.find((run) => run.run_id === "");
  const mainCalls = main === undefined ? [] : (ofRun.get(main.id) ?? []);
  const ordered = [...runs].sort((a, b) => Number(a.run_id !== "") - Number(b.run_id !== ""));
  for (const run of ordered) {
    const own = ofRun.get(run.id) ?? [];
    const hasAnchor = own.some((call) => firm.has(call.id));
    for (const call of own) {
      if (shares.has(call.id)) continue;
      const spawner = run.spawner === null ? undefined : shares.get(run.spawner);
      const leader = hasAnchor ? leaderOf(call, own, firm) : leaderOf(call, mainCalls, firm);
      if (!hasAnchor && spawner !== undefined)
        shares.set(call.id, {
          targets: spawner.targets,
          method: spawner.method === "branch" || spawner.method === "none" ? spawner.method : "spawned",
        });
      else if (leader !== null)
        shares.set(call.id, { targets: (firm.get(leader.id) as Share).targets, method: "follows" });
    }
    for (const call of own) {
      if (shares.has(call.id)) continue;
      const target = byBranch(whereItLed(call, own, byBranch));
      shares.set(call.id, {
        targets: [target],
        method: target.prId === null && target.branchId === null ? "none" : "branch",
      });
    }
  }
  return shares;
}

/** A prompt often begins on the trunk and makes its branch then: the call that stands for where the prompt led, by its last branch. */
function whereItLed(call: CallRow, run: readonly CallRow[], byBranch: (call: CallRow) => Target): CallRow {
  if (byBranch(call).prId !== null) return call;
  const later = run.filter((other) => other.prompt_id === call.prompt_id && other.at_ms >= call.at_ms);
  return later.findLast((other) => byBranch(other).prId !== null) ?? call;
}

/** The next anchor of the same prompt, else the one before in it, else the one before on the same branch. */
function leaderOf(call: CallRow, run: readonly CallRow[], firm: ReadonlyMap<number, Share>): CallRow | null {
  let before: CallRow | null = null;
  let beforeHere: CallRow | null = null;
  for (const other of run) {
    if (!firm.has(other.id)) continue;
    const isAfter = other.at_ms > call.at_ms || (other.at_ms === call.at_ms && other.id > call.id);
    const isHere = other.prompt_id === call.prompt_id;
    if (isAfter && isHere) return other;
    if (isAfter) continue;
    if (isHere) beforeHere = other;
    if (other.branch_id === call.branch_id) before = other;
  }
  return beforeHere ?? before;
}
