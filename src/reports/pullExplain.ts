import type { Database } from "bun:sqlite";
import { Allocator } from "../attribution/allocate.ts";
import { GRADES } from "../attribution/follow.ts";

/** How the cost of one pull request came about. Money in nano-dollars. */
export interface PullExplanation {
  commits: {
    sha: string;
    subject: string;
    method: string;
    added: number;
    aiLines: number;
    costNanoUsd: number;
  }[];
  sessions: {
    sessionId: string;
    title: string | null;
    costNanoUsd: number;
    runs: {
      runId: string;
      kind: string;
      agentType: string | null;
      calls: number;
      costNanoUsd: number;
      evidence: { method: string; grade: string; calls: number; costNanoUsd: number }[];
    }[];
    /** What the same session spent elsewhere, by where that went. */
    elsewhere: { what: string; costNanoUsd: number }[];
  }[];
}

/** Sessions, runs and calls of a pull request, computed anew from the same rules that the stored allocation came from. */
export function explainPull(db: Database, pullId: number): PullExplanation {
  const allocator = new Allocator(db);
  const ids = db
    .query<{ s: number }, [number]>(
      "SELECT session_id AS s FROM allocations WHERE pr_id = ? GROUP BY 1 ORDER BY sum(cost_nano) DESC",
    )
    .all(pullId);
  return { commits: commitsOf(db, pullId), sessions: ids.map(({ s }) => explainSession(db, allocator, s, pullId)) };
}

function commitsOf(db: Database, pullId: number): PullExplanation["commits"] {
  return db
    .query<PullExplanation["commits"][number], [number, number, number]>(
      `SELECT c.sha, c.subject, coalesce(x.method, '') AS method, c.added,
         coalesce((SELECT sum(l.count) FROM commit_lines l WHERE l.commit_id = c.id AND l.grade <= 2), 0) AS aiLines,
         coalesce((SELECT sum(a.cost_nano) FROM allocations a WHERE a.commit_id = c.id AND a.pr_id = ?), 0) AS costNanoUsd
       FROM commits c LEFT JOIN pr_commits x ON x.commit_id = c.id AND x.pr_id = ?
       WHERE c.pr_id = ? AND c.live = 1 ORDER BY c.id`,
    )
    .all(pullId, pullId, pullId);
}

type Run = PullExplanation["sessions"][number]["runs"][number];

function explainSession(
  db: Database,
  allocator: Allocator,
  sessionId: number,
  pullId: number,
): PullExplanation["sessions"][number] {
  const session = db
    .query<{ session_id: string; title: string | null }, [number]>(
      "SELECT session_id, title FROM sessions WHERE id = ?",
    )
    .get(sessionId);
  const names = new Map(
    db
      .query<{ id: number; run_id: string; kind: string; agent_type: string | null }, [number]>(
        "SELECT id, run_id, kind, agent_type FROM runs WHERE session_id = ?",
      )
      .all(sessionId)
      .map((run) => [run.id, run]),
  );
  const runs = new Map<number, Run>();
  const elsewhere = new Map<string, number>();
  for (const share of allocator.callShares(sessionId)) {
    if (share.target.prId !== pullId) {
      const what = nameOfTarget(db, share.target);
      elsewhere.set(what, (elsewhere.get(what) ?? 0) + share.costNano);
      continue;
    }
    const name = names.get(share.runId);
    const run = runs.get(share.runId) ?? {
      runId: name?.run_id ?? "",
      kind: name?.kind ?? "main",
      agentType: name?.agent_type ?? null,
      calls: 0,
      costNanoUsd: 0,
      evidence: [],
    };
    runs.set(share.runId, run);
    run.calls++;
    run.costNanoUsd += share.costNano;
    const evidence = run.evidence.find((one) => one.method === share.method);
    if (evidence === undefined)
      run.evidence.push({ method: share.method, grade: GRADES[share.method], calls: 1, costNanoUsd: share.costNano });
    else {
      evidence.calls++;
      evidence.costNanoUsd += share.costNano;
    }
  }
  const list = [...runs.values()].sort((a, b) => b.costNanoUsd - a.costNanoUsd);
  return {
    sessionId: session?.session_id ?? "",
    title: session?.title ?? null,
    costNanoUsd: list.reduce((sum, run) => sum + run.costNanoUsd, 0),
    runs: list,
    elsewhere: [...elsewhere]
      .map(([what, costNanoUsd]) => ({ what, costNanoUsd }))
      .sort((a, b) => b.costNanoUsd - a.costNanoUsd),
  };
}

function nameOfTarget(db: Database, target: { prId: number | null; branchId: number | null }): string {
  if (target.prId !== null) {
    const row = db
      .query<{ number: number }, [number]>("SELECT number FROM pull_requests WHERE id = ?")
      .get(target.prId);
    return `pull request #${row?.number ?? "?"}`;
  }
  if (target.branchId === null) return "nothing in git: no repo, or a detached head";
  const row = db.query<{ name: string }, [number]>("SELECT name FROM branches WHERE id = ?").get(target.branchId);
  return `branch ${row?.name ?? "?"}: not committed, or committed without a pull request`;
}
