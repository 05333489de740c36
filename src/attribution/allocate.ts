import type { Database } from "bun:sqlite";
import { apportion } from "./apportion.ts";
import {
  addTarget,
  type CallRow,
  follow,
  GRADES,
  type Method,
  type RunRow,
  type Share,
  type Target,
} from "./follow.ts";
import { HeadTimeline } from "./heads.ts";
import { GRADE } from "./match.ts";
import { pullOfBranch } from "./pulls.ts";

/** What the book says of who bears the calls of a session, and the allocation that follows from it, written down. */

/** One share of a call, for those who want to see how a figure came about. */
export interface CallShare {
  callId: number;
  runId: number;
  target: Omit<Target, "weight">;
  method: Method;
  costNano: number;
}

const MEASURES = ["input", "output", "cache_read", "cache_write_5m", "cache_write_1h", "cost_nano"] as const;
const HOUR_MS = 3_600_000;

/** Allocates sessions one by one. */
export class Allocator {
  readonly #db: Database;
  readonly #branches: Map<number, { repoId: number; name: string }>;
  readonly #heads: HeadTimeline;
  readonly #branchIds = new Map<string, number>();
  #cwd: string | null = null;
  readonly #pulls: Map<
    number,
    { id: number; number: number; branch: string; opened_ms: number | null; ended_ms: number | null }[]
  >;

  constructor(db: Database) {
    this.#db = db;
    this.#heads = new HeadTimeline(db);
    const branches = db
      .query<{ id: number; repoId: number; name: string }, []>(
        `SELECT b.id, coalesce(o.same_as, o.id) AS repoId, b.name
         FROM branches b JOIN repos o ON o.id = b.repo_id`,
      )
      .all();
    this.#branches = new Map(branches.map(({ id, repoId, name }) => [id, { repoId, name }]));
    this.#pulls = new Map();
    const pulls = db
      .query<
        {
          id: number;
          repo_id: number;
          number: number;
          branch: string;
          opened_ms: number | null;
          ended_ms: number | null;
        },
        []
      >("SELECT id, repo_id, number, branch, opened_ms, ended_ms FROM pull_requests WHERE branch <> ''")
      .all();
    for (const pull of pulls) this.#pulls.set(pull.repo_id, [...(this.#pulls.get(pull.repo_id) ?? []), pull]);
  }

  /** Where a call goes by its branch alone: the one that git noted, else the one that the client told. */
  #byBranch(call: CallRow): Target {
    const told = this.#branches.get(call.branch_id);
    const noted = told === undefined ? null : this.#heads.branchAt(this.#cwd, call.at_ms);
    const name = noted ?? told?.name ?? "";
    if (told === undefined || name === "") return { prId: null, branchId: null, commitId: null, weight: 1 };
    const pull = pullOfBranch(this.#pulls.get(told.repoId) ?? [], name, call.at_ms);
    const branchId = name === told.name ? call.branch_id : this.#branchId(call.branch_id, told.repoId, name);
    return { prId: pull?.id ?? null, branchId: pull === null ? branchId : null, commitId: null, weight: 1 };
  }

  #branchId(otherwise: number, repoId: number, name: string): number {
    const key = `${repoId} ${name}`;
    let id = this.#branchIds.get(key);
    if (id === undefined) {
      id = this.#db
        .query<{ id: number }, [number, string]>(
          `INSERT INTO branches (repo_id, name) VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name RETURNING id`,
        )
        .get(repoId, name)?.id;
      this.#branchIds.set(key, id ?? otherwise);
    }
    return id ?? otherwise;
  }

  /** Shares of every call of a session. */
  shares(sessionId: number): { calls: CallRow[]; shares: Map<number, Share> } {
    this.#cwd =
      this.#db.query<{ cwd: string | null }, [number]>("SELECT cwd FROM sessions WHERE id = ?").get(sessionId)?.cwd ??
      null;
    const calls = this.#db
      .query<CallRow, [number]>(
        `SELECT c.id, c.run_id, c.prompt_id, c.branch_id, c.at_ms, c.input, c.output, c.cache_read, c.cache_write_5m, c.cache_write_1h,
           c.cost_nano, coalesce(p.category, -1) AS category
         FROM runs r JOIN calls c ON c.run_id = r.id LEFT JOIN prompts p ON p.id = c.prompt_id
         WHERE r.session_id = ? ORDER BY c.at_ms, c.id`,
      )
      .all(sessionId);
    const anchors = this.#anchors(sessionId, calls);
    const runs = this.#db
      .query<RunRow, [number]>(
        `SELECT r.id, r.run_id, r.kind, t.call_id AS spawner FROM runs r
         LEFT JOIN tool_calls t ON t.key = r.spawned_by WHERE r.session_id = ?`,
      )
      .all(sessionId);
    return { calls, shares: follow(calls, runs, anchors, (call) => this.#byBranch(call)) };
  }

  /** Every share of every call of a session. */
  callShares(sessionId: number): CallShare[] {
    const { calls, shares } = this.shares(sessionId);
    return calls.flatMap((call) => {
      const { targets, method } = shares.get(call.id) as Share;
      const parts = apportion(
        call.cost_nano ?? 0,
        targets.map(({ weight }) => weight),
      );
      return targets.map(({ prId, branchId, commitId }, at) => ({
        callId: call.id,
        runId: call.run_id,
        target: { prId, branchId, commitId },
        method,
        costNano: parts[at] as number,
      }));
    });
  }

  /** Calls that say themselves where they belong: by lines that survive in commits, else by a commit that they made. */
  #anchors(sessionId: number, calls: readonly CallRow[]): Map<number, Share> {
    const byId = new Map(calls.map((call) => [call.id, call]));
    const lines = this.#db
      .query<
        {
          call_id: number;
          edit_id: number;
          edit_line: number;
          count: number;
          grade: number;
          commit_id: number;
          pr_id: number | null;
          committed_ms: number;
        },
        [number]
      >(
        `SELECT t.call_id, l.edit_id, l.edit_line, l.count, l.grade, k.id AS commit_id, k.pr_id, k.committed_ms
         FROM runs r JOIN calls c ON c.run_id = r.id JOIN tool_calls t ON t.call_id = c.id JOIN edits e ON e.key = t.key
         JOIN commit_lines l ON l.edit_id = e.id JOIN commits k ON k.id = l.commit_id
         WHERE r.session_id = ? AND k.live = 1`,
      )
      .all(sessionId);
    const best = new Map<string, (typeof lines)[number]>();
    for (const row of lines) {
      for (let n = 0; n < row.count; n++) {
        const key = `${row.edit_id} ${row.edit_line + n}`;
        const known = best.get(key);
        if (known === undefined || isBetter(row, known)) best.set(key, row);
      }
    }
    const shares = new Map<number, Share>();
    for (const row of best.values()) {
      const call = byId.get(row.call_id);
      if (call === undefined) continue;
      const target = this.#ofCommit(call, row.commit_id, row.pr_id);
      addTarget(shares, call.id, target, METHOD_OF[row.grade] ?? "content");
    }
    for (const made of this.#madeCommits(sessionId)) {
      const call = byId.get(made.call_id);
      if (call === undefined || shares.has(call.id)) continue;
      const prId = made.pr_id ?? this.#originalPull(made.commit_id);
      addTarget(shares, call.id, this.#ofCommit(call, made.commit_id, prId), "git-operation");
    }
    return shares;
  }

  /** A commit that no pull request holds goes where the branch of the call leads. */
  #ofCommit(call: CallRow, commitId: number, prId: number | null): Target {
    if (prId !== null) return { prId, branchId: null, commitId, weight: 1 };
    const { prId: branchPr, branchId } = this.#byBranch(call);
    return { prId: branchPr, branchId, commitId, weight: 1 };
  }

  /** The pull request in which the lines of a commit stood before it copied them: a cherry-pick belongs to the work that it repeats. */
  #originalPull(commitId: number): number | null {
    const row = this.#db
      .query<{ pr_id: number }, [number, number]>(
        `SELECT k.pr_id, sum(min(l.count, o.count)) AS n FROM commit_lines l
         JOIN commit_lines o ON o.edit_id = l.edit_id AND o.commit_id <> l.commit_id
           AND o.edit_line < l.edit_line + l.count AND l.edit_line < o.edit_line + o.count
         JOIN commits k ON k.id = o.commit_id
         WHERE l.commit_id = ? AND k.live = 1 AND k.pr_id IS NOT NULL AND k.id < ? GROUP BY k.pr_id ORDER BY n DESC LIMIT 1`,
      )
      .get(commitId, commitId);
    return row?.pr_id ?? null;
  }

  #madeCommits(sessionId: number): { call_id: number; commit_id: number; pr_id: number | null }[] {
    return this.#db
      .query<{ call_id: number; commit_id: number; pr_id: number | null }, [number]>(
        `SELECT t.call_id, k.id AS commit_id, k.pr_id FROM git_operations g
         JOIN tool_calls t ON t.key = g.key AND g.key <> 0 JOIN commits k ON k.sha >= g.sha AND k.sha < g.sha || 'g'
         WHERE g.session_id = ? AND g.kind = 'commit' AND g.sha <> '' AND k.live = 1 AND t.call_id IS NOT NULL`,
      )
      .all(sessionId);
  }

  /** Adds the allocation of a session to the sums, or takes it away. */
  #moveSums(sessionId: number, sign: 1 | -1): void {
    const measures = SUMMED.map((name) => `${sign} * sum(${name})`).join(", ");
    const added = SUMMED.map((name) => `${name} = ${name} + excluded.${name}`).join(", ");
    this.#db
      .query(
        `INSERT INTO allocation_sums (pr_id, branch_id, method, grade, category, ${SUMMED.join(", ")})
         SELECT coalesce(pr_id, 0), coalesce(branch_id, 0), method, grade, category, ${measures} FROM allocations
         WHERE session_id = ? GROUP BY 1, 2, 3, 5 ON CONFLICT DO UPDATE SET ${added}`,
      )
      .run(sessionId);
  }

  /** Writes the allocation of a session anew. Call inside a transaction. Throws when its parts do not add up: that must never be stored. */
  allocate(sessionId: number): void {
    const { calls, shares } = this.shares(sessionId);
    const rows = new Map<
      string,
      { target: Omit<Target, "weight">; method: Method; category: number; atMs: number; sums: number[] }
    >();
    let total = 0;
    for (const call of calls) {
      const share = shares.get(call.id) as Share;
      total += call.cost_nano ?? 0;
      const weights = share.targets.map(({ weight }) => weight);
      const parts = MEASURES.map((name) => apportion(call[name] ?? 0, weights));
      const hour = Math.floor(call.at_ms / HOUR_MS) * HOUR_MS;
      for (const [n, { prId, branchId, commitId }] of share.targets.entries()) {
        const key = `${prId} ${branchId} ${commitId} ${share.method} ${call.category} ${hour}`;
        const row = rows.get(key) ?? {
          target: { prId, branchId, commitId },
          method: share.method,
          category: call.category,
          atMs: hour,
          sums: [0, 0, 0, 0, 0, 0],
        };
        rows.set(key, row);
        for (const [m, part] of parts.entries()) row.sums[m] = (row.sums[m] as number) + (part[n] as number);
      }
    }
    const allocated = [...rows.values()].reduce((sum, row) => sum + (row.sums[5] as number), 0);
    if (allocated !== total)
      throw new Error(
        `the allocation of session ${sessionId} adds up to ${allocated}, its calls to ${total} nano-dollars`,
      );
    this.#moveSums(sessionId, -1);
    this.#db.query("DELETE FROM allocations WHERE session_id = ?").run(sessionId);
    const insert = this.#db.query(
      `INSERT INTO allocations (session_id, pr_id, branch_id, commit_id, method, grade, category, at_ms, input, output, cache_read,
         cache_write_5m, cache_write_1h, cost_nano) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const { target, method, category, atMs, sums } of rows.values())
      insert.run(
        sessionId,
        target.prId,
        target.branchId,
        target.commitId,
        method,
        GRADES[method],
        category,
        atMs,
        ...sums,
      );
    this.#moveSums(sessionId, 1);
    this.#db
      .query("INSERT OR REPLACE INTO allocated (session_id, calls, cost_nano) VALUES (?, ?, ?)")
      .run(sessionId, calls.length, total);
  }
}

const METHOD_OF: Readonly<Record<number, Method>> = { [GRADE.formatted]: "formatted", [GRADE.shell]: "shell" };

const SUMMED = ["input", "output", "cache_read", "cache_write_5m", "cache_write_1h", "cost_nano"];

/** Of several commits that hold a line, the one that a pull request bears counts, then the earliest: a copy costs nothing again. */
function isBetter(a: { pr_id: number | null; committed_ms: number; commit_id: number }, b: typeof a): boolean {
  if ((a.pr_id === null) !== (b.pr_id === null)) return a.pr_id !== null;
  return a.committed_ms - b.committed_ms < 0 || (a.committed_ms === b.committed_ms && a.commit_id < b.commit_id);
}
