import type { Database } from "bun:sqlite";

/** Pull requests that something happened to lately, as far as the book knows them. Neither git nor a forge is asked. */
export interface RecentPull {
  repo: string;
  number: number;
  url: string;
  title: string;
  branch: string;
  state: "open" | "closed" | "merged";
  /** All that it cost, as `pr-cost` shows it. */
  costNanoUsd: number;
  /** When it was opened or ended, or last worked on: whichever came last. */
  lastAtMs: number;
}

/** The `top` pull requests with a sign of life since `sinceMs`, the latest first. */
export function recentPulls(db: Database, sinceMs: number, top: number): RecentPull[] {
  return db
    .query<RecentPull, [number, number]>(
      `SELECT * FROM (
         SELECT o.name AS repo, p.number, p.url, p.title, p.branch, p.state,
           coalesce((SELECT sum(s.cost_nano) FROM allocation_sums s WHERE s.pr_id = p.id), 0) AS costNanoUsd,
           max(coalesce(p.opened_ms, 0), coalesce(p.ended_ms, 0),
             coalesce((SELECT max(a.at_ms) FROM allocations a WHERE a.pr_id = p.id), 0)) AS lastAtMs
         FROM pull_requests p JOIN repos o ON o.id = p.repo_id
         WHERE p.state = 'open' OR p.ended_ms IS NULL OR p.ended_ms >= ?1)
       WHERE lastAtMs >= ?1 ORDER BY lastAtMs DESC, repo, number DESC LIMIT ?2`,
    )
    .all(sinceMs, top);
}
