import { Draw, MINUTE } from "./draw.ts";
import { Person } from "./person.ts";
import { runAway } from "./runaways/index.ts";
import type { Sitting } from "./sitting.ts";
import { type History, KINDS, type SessionTruth } from "./truth.ts";

/** Writes a history in which nothing runs away below `claude` (a config folder), the same for the same seed. */
export function normalHistory(claude: string, seed: number): History {
  const draw = new Draw(seed);
  const person = new Person(draw);
  const sittings = person.sessions(draw.int(25, 80));
  return { persona: person.name, normal: truthsOf(sittings), runaway: null, bytes: writeAll(claude, sittings) };
}

/** Writes a normal history and, after it, a session that runs away. The kinds take turns: seeds 1, 6, 11, ... are of the first. */
export function runawayHistory(claude: string, seed: number): History {
  const draw = new Draw(seed + 1_000_003);
  const person = new Person(draw);
  const sittings = person.sessions(draw.int(25, 60));
  const lastMs = Math.max(...sittings.map(({ thread }) => thread.atMs));
  const big = (costs: number[]): number => costs.sort((a, b) => a - b)[Math.floor(costs.length * 0.9)] as number;
  const usual = {
    sessionNanoUsd: big(sittings.map(({ session }) => session.costNanoUsd)),
    tenMinutesNanoUsd: big(sittings.map(({ session }) => session.dearest(10 * MINUTE))),
  };
  const last = person.next(lastMs);
  const kind = KINDS[(seed - 1) % KINDS.length] ?? "repetition";
  const story = runAway(last, kind, usual);
  const runaway = {
    ...truthOf(last),
    ...story,
    kind,
    endMs: Math.max(...last.session.calls.map(({ atMs }) => atMs)),
    beforeNanoUsd: last.session.costBefore(story.beganMs),
    extraCalls: last.session.calls.filter(({ atMs }) => atMs >= story.beganMs).length,
  };
  const bytes = writeAll(claude, [...sittings, last]);
  return { persona: person.name, normal: truthsOf(sittings), runaway, bytes };
}

/** A session that was interrupted before its first response is none. */
function truthsOf(sittings: readonly Sitting[]): SessionTruth[] {
  return sittings.map(truthOf).filter(({ calls }) => calls > 0);
}

function truthOf({ session }: Sitting): SessionTruth {
  const { id, calls, agents, costNanoUsd } = session;
  return { sessionId: id, calls: calls.length, agents, costNanoUsd };
}

function writeAll(claude: string, sittings: readonly Sitting[]): number {
  return sittings.reduce((sum, { session }) => sum + session.write(claude), 0);
}
