import { Home } from "../e2e/program.ts";
import { normalHistory, runawayHistory } from "./histories/index.ts";
import type { PersonaName } from "./histories/personas.ts";
import type { History, Kind, RunawayTruth } from "./histories/truth.ts";

/** What `guard replay --json` says, as far as it is judged here. */
interface Replay {
  alerts: {
    sessionId: string;
    rule: string;
    level: string;
    atMs: number;
    message: string;
    costNanoUsdAtAlert: number;
    sessionCostNanoUsd: number;
  }[];
  sessions: number;
}

/** An alert where nothing was wrong. */
export interface FalseAlarm {
  seed: number;
  persona: PersonaName;
  sessionId: string;
  rule: string;
  level: string;
  message: string;
  atMs: number;
  /** Cost of the session at the alert and in the end. */
  costNanoUsd: number;
  sessionCostNanoUsd: number;
  /** In a session that ran away later. */
  early: boolean;
}

/** What became of a session that ran away. */
export interface Verdict {
  seed: number;
  persona: PersonaName;
  kind: Kind;
  variant: string;
  sessionId: string;
  extraCalls: number;
  burnedNanoUsd: number;
  /** Rule of the first alert at or after the time when it ran away, null where none came. */
  rule: string | null;
  /** Share of what it burned that was gone at that alert. */
  share: number | null;
  /** From the beginning to that alert. */
  afterMs: number | null;
}

export interface Score {
  /** Sessions in which nothing was wrong. */
  sessions: number;
  byPersona: Map<PersonaName, number>;
  falseAlarms: FalseAlarm[];
  verdicts: Verdict[];
}

/** Programs that run at the same time. */
const AT_ONCE = 3;

/** Makes histories by their seeds, lets the built program replay each in a home of its own, and judges what it said. */
export async function scoreHistories(normal: readonly number[], runaway: readonly number[]): Promise<Score> {
  const score: Score = { sessions: 0, byPersona: new Map(), falseAlarms: [], verdicts: [] };
  const jobs = [
    ...normal.map((seed) => ({ seed, make: normalHistory })),
    ...runaway.map((seed) => ({ seed, make: runawayHistory })),
  ];
  const worker = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await judge(job.seed, job.make, score);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  score.falseAlarms.sort((a, b) => a.seed - b.seed || a.atMs - b.atMs);
  score.verdicts.sort((a, b) => a.seed - b.seed);
  return score;
}

async function judge(seed: number, make: (claude: string, seed: number) => History, score: Score): Promise<void> {
  const home = new Home();
  try {
    const history = make(home.claude, seed);
    const ran = await home.run(["guard", "replay", "--since", "all", "--json"]);
    if (ran.code !== 0) throw new Error(`guard replay of seed ${seed}: ${ran.err}`);
    const replay = JSON.parse(ran.out) as Replay;
    const known = history.normal.length + (history.runaway === null ? 0 : 1);
    if (replay.sessions !== known) throw new Error(`seed ${seed} has ${known} sessions, not ${replay.sessions}`);
    count(seed, history, replay, score);
  } finally {
    home.remove();
  }
}

function count(seed: number, history: History, replay: Replay, score: Score): void {
  const { persona, normal, runaway } = history;
  const alerts = replay.alerts.filter(({ rule }) => rule !== "limit").sort((a, b) => a.atMs - b.atMs);
  score.sessions += normal.length;
  score.byPersona.set(persona, (score.byPersona.get(persona) ?? 0) + normal.length);
  for (const alert of alerts) {
    const { sessionId, rule, level, message, atMs, costNanoUsdAtAlert: costNanoUsd, sessionCostNanoUsd } = alert;
    const early = sessionId === runaway?.sessionId;
    if (early && atMs >= runaway.beganMs) continue;
    score.falseAlarms.push({
      seed,
      persona,
      sessionId,
      rule,
      level,
      message,
      atMs,
      costNanoUsd,
      sessionCostNanoUsd,
      early,
    });
  }
  if (runaway !== null) score.verdicts.push(verdictOf(seed, persona, runaway, alerts));
}

function verdictOf(seed: number, persona: PersonaName, truth: RunawayTruth, alerts: Replay["alerts"]): Verdict {
  const { kind, variant, sessionId, extraCalls, beforeNanoUsd, beganMs } = truth;
  const burnedNanoUsd = truth.costNanoUsd - beforeNanoUsd;
  const verdict = { seed, persona, kind, variant, sessionId, extraCalls, burnedNanoUsd };
  const first = alerts.find((alert) => alert.sessionId === sessionId && alert.atMs >= beganMs);
  if (first === undefined) return { ...verdict, rule: null, share: null, afterMs: null };
  if (first.sessionCostNanoUsd !== truth.costNanoUsd)
    throw new Error(`seed ${seed}: the session cost ${truth.costNanoUsd}, not ${first.sessionCostNanoUsd}`);
  const share = Math.max(0, first.costNanoUsdAtAlert - beforeNanoUsd) / burnedNanoUsd;
  return { ...verdict, rule: first.rule, share, afterMs: first.atMs - beganMs };
}

/** Sessions with a false alarm in a thousand; an alarm too early in a session that ran away counts too. */
export function falsePerThousand(score: Score, rule?: string): number {
  const alarms = score.falseAlarms.filter((alarm) => rule === undefined || alarm.rule === rule);
  return (new Set(alarms.map(({ sessionId }) => sessionId)).size * 1_000) / score.sessions;
}

/** Found, all, and the median of the shares burned (a runaway that was not found burned all). */
export function foundOf(verdicts: readonly Verdict[]): { found: number; all: number; median: number; p90: number } {
  const shares = verdicts.map(({ share }) => share ?? 1).sort((a, b) => a - b);
  const at = (part: number): number => shares[Math.min(shares.length - 1, Math.floor(shares.length * part))] ?? 1;
  const found = verdicts.filter(({ share }) => share !== null).length;
  return { found, all: verdicts.length, median: at(0.5), p90: at(0.9) };
}

/** Seeds of the quick series, for every test run, and of the long one. The rules' figures were chosen by looking at other seeds than the long
 *  ones: those are there to judge. */
export const SERIES = {
  quick: { normal: seeds(1, 10), runaway: seeds(1, 10) },
  long: { normal: seeds(2_001, 300), runaway: seeds(2_001, 100) },
};

function seeds(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, n) => first + n);
}
