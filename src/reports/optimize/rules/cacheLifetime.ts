import { CALL_FLAG } from "../../../agents/events.ts";
import { counted, formatCount, formatTokens } from "../../../platform/numbers.ts";
import { LONG_MS, SHORT_MS, type Turn, turnsByRun } from "../cache.ts";
import { asRead, savingIf } from "../tokens.ts";
import type { Advice, AdvisedCall, Claim, RuleContext } from "../types.ts";

/** From so many runs on the rhythm is a habit. */
const MANY_RUNS = 20;

/** What the client has a setting for. Sub-agents have one of their own. */
const THREADS = [
  { kind: "main", name: "main thread", setting: "promptCacheTtl" },
  { kind: "user", name: "sub-agent", setting: "subagentPromptCacheTtl" },
] as const;

/** A call of a run with what it would have saved in the other class; negative where it would have cost more. */
interface Replayed {
  call: AdvisedCall;
  savingNano: number;
}

/** All runs of a kind of thread, as they would have been with one lifetime. */
interface Replay {
  runs: { calls: Replayed[]; netNano: number }[];
  netNano: number;
  /** Pauses of 5 min to 1 h that the lifetimes differ in, and the tokens that they lose or save. */
  pauses: number;
  tokens: number;
}

/** Every call of the period as if the cache had been written for 5 min, and as if for 1 h, with the pauses as they were. The client has one setting for all
 *  main threads and one for all sub-agents, so all their runs count, those too that would have cost more: what is claimed is the net. */
export function cacheLifetime(context: RuleContext): Advice[] {
  const runs = turnsByRun(context);
  return THREADS.flatMap((thread): Advice[] => {
    const own = runs.filter((turns) => turns[0]?.call.runKind === thread.kind);
    const shorter = replay(context, own, asShort(own));
    const longer = replay(context, own, asLong);
    const toLong = longer.netNano > shorter.netNano;
    const best = toLong ? longer : shorter;
    if (best.netNano <= 0) return [];
    const dearer = best.runs.filter(({ netNano }) => netNano < 0).length;
    const pauses = `${counted(best.pauses, "pause")} of 5 minutes to an hour`;
    return [
      {
        rule: "cache-lifetime",
        title: toLong
          ? `${counted(best.runs.length, `${thread.name} run`)} wrote the cache for 5 minutes: ${pauses} made ${formatTokens(best.tokens)} tokens be written again`
          : `${counted(best.runs.length, `${thread.name} run`)} wrote the cache for 1 hour, which costs more, and had only ${counted(best.pauses, "pause")} that needed it`,
        change: `Set \`"${thread.setting}": "${toLong ? "1h" : "5m"}"\` in \`~/.claude/settings.json\`.`,
        assumption: toLong
          ? "The same calls at the same times; after a pause of up to an hour they would have read what was cached."
          : `The same calls at the same times; a pause beyond 5 minutes loses all that was read (${formatTokens(best.tokens)} tokens).`,
        confidence: best.runs.length >= MANY_RUNS ? "high" : "medium",
        reason: `classes, tokens and times are in the log; it is the net of ${counted(best.runs.length, "run")}, ${formatCount(dearer)} of which would have cost more`,
        claims: claimsOf(best),
      },
    ];
  });
}

/** Another call's tokens in the other class, null where it stays as it is; `moved` are those that are no longer, or now, read. */
type Change = (turn: Turn) => { changed: AdvisedCall; moved: number } | null;

function replay({ prices }: RuleContext, runs: readonly Turn[][], change: Change): Replay {
  const all: Replay = { runs: [], netNano: 0, pauses: 0, tokens: 0 };
  for (const turns of runs) {
    const calls: Replayed[] = [];
    let netNano = 0;
    for (const turn of turns) {
      const { call } = turn;
      // Writes whose class is not in the log may have been of either; unpriced calls save nothing.
      if ((call.flags & CALL_FLAG.unclassedWrites) !== 0 || call.costNano === null) continue;
      const found = change(turn);
      if (found === null) continue;
      const savingNano = savingIf(prices, call, found.changed);
      calls.push({ call, savingNano });
      netNano += savingNano;
      if (found.moved === 0) continue;
      all.pauses++;
      all.tokens += found.moved;
    }
    if (calls.length === 0) continue;
    all.runs.push({ calls, netNano });
    all.netNano += netNano;
  }
  return all;
}

/** 5 m instead of 1 h: writes are cheaper, but what was read after more than 5 minutes is written again. */
function asShort(runs: readonly Turn[][]): Change {
  const idle = idleBefore(runs);
  return (turn) => {
    const { call, before, lifetimeMs } = turn;
    const wasLong = before === null ? call.cacheWrite1h > 0 : lifetimeMs === LONG_MS;
    // A run's first call reads what other runs have kept warm.
    const gapMs = before === null ? idle(call) : turn.gapMs;
    const moved = wasLong && gapMs > SHORT_MS ? call.cacheRead : 0;
    if (moved === 0 && call.cacheWrite1h === 0) return null;
    const cacheWrite5m = call.cacheWrite5m + call.cacheWrite1h + moved;
    return { changed: { ...call, cacheRead: call.cacheRead - moved, cacheWrite5m, cacheWrite1h: 0 }, moved };
  };
}

/** 1 h instead of 5 m: what was lost in a pause of up to an hour is read, but writes are dearer. */
function asLong({ call, gapMs, lifetimeMs, sameModel, sameSpeed, lost }: Turn): ReturnType<Change> {
  const bridged = lifetimeMs === SHORT_MS && gapMs > SHORT_MS && gapMs <= LONG_MS && sameModel && sameSpeed;
  const moved = bridged ? lost : 0;
  if (moved === 0 && call.cacheWrite5m === 0) return null;
  const read = asRead(call, moved);
  return {
    changed: { ...read, cacheWrite5m: 0, cacheWrite1h: read.cacheWrite1h + read.cacheWrite5m },
    moved,
  };
}

/** How long no run of the same model had made a call. */
function idleBefore(runs: readonly Turn[][]): (call: AdvisedCall) => number {
  const times = new Map<string, number[]>();
  for (const { call } of runs.flat()) {
    const list = times.get(call.model);
    if (list === undefined) times.set(call.model, [call.atMs]);
    else list.push(call.atMs);
  }
  for (const list of times.values()) list.sort((a, b) => a - b);
  return ({ model, atMs }) => {
    const list = times.get(model) ?? [];
    let [from, to] = [0, list.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((list[middle] as number) < atMs) from = middle + 1;
      else to = middle;
    }
    return atMs - (list[from - 1] ?? Number.NEGATIVE_INFINITY);
  };
}

/** The net shared out to the calls that would have cost less, by run and then by call: no claim is above what its call would have saved, and together they
 *  are the net to the nano-dollar. */
function claimsOf({ runs, netNano }: Replay): Claim[] {
  const shares = apportion(
    netNano,
    runs.map((run) => run.netNano),
  );
  return runs.flatMap(({ calls }, at) => {
    const parts = apportion(
      shares[at] as number,
      calls.map(({ savingNano }) => savingNano),
    );
    return calls.flatMap(({ call }, of): Claim[] => {
      const savingNano = parts[of] as number;
      return savingNano === 0 ? [] : [{ callId: call.id, sessionId: call.sessionId, savingNano }];
    });
  });
}

/** Shares `total` out by weight, exactly; negative weights get nothing. Big integers, for the products are none that a number holds. */
function apportion(total: number, weights: readonly number[]): number[] {
  const all = weights.reduce((sum, weight) => sum + Math.max(0, weight), 0);
  let until = 0;
  let given = 0;
  return weights.map((weight) => {
    if (weight <= 0 || all === 0) return 0;
    until += weight;
    const upTo = Number((BigInt(total) * BigInt(until)) / BigInt(all));
    const part = upTo - given;
    given = upTo;
    return part;
  });
}
