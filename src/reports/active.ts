import type { Database } from "bun:sqlite";
import { dayOf, startOfDay } from "../platform/time.ts";
import { isAtWork, OUTING, type Outing } from "./atWork.ts";
import type { Names } from "./names.ts";

/** Sessions that somebody is working in just now, by repo. */

const MINUTE_MS = 60_000;
/** Burn is told from this much of the past. */
const BURN_MS = 10 * MINUTE_MS;
const BURNS_PER_HOUR = 3_600_000 / BURN_MS;
/** More sessions at a time than any person works in. */
const MAX_SESSIONS = 200;

export interface ActiveSession {
  sessionId: string;
  agent: string;
  title: string | null;
  /** Branch of its latest call, "" for none. */
  branch: string;
  /** The whole session, sub-agents included, as `session` shows it. Unpriced calls are left out and counted. */
  costNanoUsd: number;
  unpricedCalls: number;
  /** Since midnight in the person's zone. */
  costTodayNanoUsd: number;
  /** Dollars an hour at the rate of the last ten minutes. */
  burnNanoUsdPerHour: number;
  lastCallAtMs: number | null;
  /** Last row of any kind: a prompt, a reply, a tool's result. */
  lastAtMs: number;
  runningSubAgents: number;
}

export interface ActiveRepo {
  repo: string;
  burnNanoUsdPerHour: number;
  /** The most recent one first. */
  sessions: ActiveSession[];
}

interface SessionFacts {
  id: number;
  session_id: string;
  agent: string;
  title: string | null;
  repo_id: number | null;
  last_ms: number;
}

interface RunFacts extends Outing {
  kind: "main" | "user" | "overhead";
  cost: number;
  unpriced: number;
  today: number;
  burn: number;
  last: number;
  branch_id: number;
}

/** Repos with sessions that had any activity since `sinceMs` and have not ended after it, the most recent first. */
export function activeRepos(
  db: Database,
  names: Names,
  { nowMs, timeZone, sinceMs }: { nowMs: number; timeZone: string; sinceMs: number },
): ActiveRepo[] {
  const found = db
    .query<SessionFacts, [number]>(
      `SELECT s.id, s.session_id, a.name AS agent, s.title, s.repo_id, s.last_ms
       FROM sessions s JOIN agents a ON a.id = s.agent_id
       WHERE s.last_ms >= ? AND (s.ended_ms IS NULL OR s.ended_ms < s.last_ms)
       ORDER BY s.last_ms DESC, s.id LIMIT ${MAX_SESSIONS}`,
    )
    .all(sinceMs);
  // A column beside a lone max() is taken from the row that has it (documented of SQLite).
  const runs = db.query<RunFacts, [number, number, number]>(
    `SELECT r.kind, sum(coalesce(c.cost_nano, 0)) AS cost, sum(c.cost_nano IS NULL) AS unpriced,
       sum(iif(c.at_ms >= ?2, coalesce(c.cost_nano, 0), 0)) AS today,
       sum(iif(c.at_ms >= ?3, coalesce(c.cost_nano, 0), 0)) AS burn, max(c.at_ms) AS last, c.branch_id,
       ${OUTING}
     FROM runs r JOIN calls c ON c.run_id = r.id WHERE r.session_id = ?1 GROUP BY r.id`,
  );
  const today = startOfDay(dayOf(nowMs, timeZone), timeZone);
  const branches = db.query<{ name: string }, [number]>("SELECT name FROM branches WHERE id = ?");
  const repos = new Map<number, ActiveRepo>();
  for (const facts of found) {
    const threads = runs.all(facts.id, today, nowMs - BURN_MS);
    const latest = threads.reduce<RunFacts | null>((a, b) => (a === null || b.last > a.last ? b : a), null);
    const sum = (field: "cost" | "unpriced" | "today" | "burn"): number =>
      threads.reduce((total, thread) => total + thread[field], 0);
    const session: ActiveSession = {
      sessionId: facts.session_id,
      agent: facts.agent,
      title: facts.title,
      branch: latest === null ? "" : (branches.get(latest.branch_id)?.name ?? ""),
      costNanoUsd: sum("cost"),
      unpricedCalls: sum("unpriced"),
      costTodayNanoUsd: sum("today"),
      burnNanoUsdPerHour: sum("burn") * BURNS_PER_HOUR,
      lastCallAtMs: latest?.last ?? null,
      lastAtMs: facts.last_ms,
      runningSubAgents: threads.filter(
        (thread) => thread.kind === "user" && isAtWork(thread, thread.last, nowMs, sinceMs),
      ).length,
    };
    const repoId = latest === null ? (facts.repo_id ?? 0) : (names.repoOfBranch.get(latest.branch_id) ?? 0);
    let repo = repos.get(repoId);
    if (repo === undefined) {
      repo = { repo: names.repos.get(repoId) ?? "(unknown)", burnNanoUsdPerHour: 0, sessions: [] };
      repos.set(repoId, repo);
    }
    repo.sessions.push(session);
    repo.burnNanoUsdPerHour += session.burnNanoUsdPerHour;
  }
  return [...repos.values()];
}
