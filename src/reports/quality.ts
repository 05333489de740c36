import type { Database } from "bun:sqlite";

/** What became of the lines that agents wrote. Rates are null where there is nothing to divide by. */
export interface QualityRow {
  /** A model, a session, or a repo with a model. */
  name: string;
  edits: number;
  /** Edits that a person refused or that failed. */
  refused: number;
  linesWritten: number;
  /** Lines that stand in a commit, formatted ones included. */
  linesCommitted: number;
  /** Share of what was written that was committed. */
  acceptance: number | null;
  /** Share that was replaced or dropped before a commit. */
  override: number | null;
  keptAfter7Days: number | null;
  keptAfter30Days: number | null;
  costNanoUsd: number;
  /** All that was spent, divided by the committed lines. */
  costPerLineNanoUsd: number | null;
}

export interface QualityFilter {
  fromMs: number | null;
  toMs: number | null;
  /** Parts of names. */
  repo: string | null;
  model: string | null;
  top: number;
}

export interface QualityReport {
  models: QualityRow[];
  sessions: QualityRow[];
  repos: QualityRow[];
}

/** What the rows of a panel are called by, as SQL. */
const GROUPS: Readonly<Record<keyof QualityReport, string>> = {
  models: "m.name",
  sessions: "s.session_id",
  repos: "o.name || ' · ' || m.name",
};

/** The panels of `stats --quality`. */
export function qualityReport(db: Database, filter: QualityFilter): QualityReport {
  const rows = (group: string): QualityRow[] => groupRows(db, group, filter);
  return { models: rows(GROUPS.models), sessions: rows(GROUPS.sessions), repos: rows(GROUPS.repos) };
}

/** The panel of models alone, over all time. */
export function qualityOfModels(db: Database): QualityRow[] {
  return groupRows(db, GROUPS.models, { fromMs: null, toMs: null, repo: null, model: null, top: 1_000 });
}

interface Raw {
  name: string;
  edits: number;
  refused: number;
  written: number;
  committed: number;
  total7: number;
  kept7: number;
  total30: number;
  kept30: number;
}

function groupRows(db: Database, group: string, filter: QualityFilter): QualityRow[] {
  const names = [
    filter.repo === null ? "1" : "instr(lower(o.name), lower(?)) > 0",
    filter.model === null ? "1" : "instr(lower(m.name), lower(?)) > 0",
  ];
  const values = [filter.repo, filter.model].filter((value) => value !== null);
  const bounds = [
    filter.fromMs === null ? "1" : `e.at_ms >= ${Math.floor(filter.fromMs)}`,
    filter.toMs === null ? "1" : `e.at_ms < ${Math.ceil(filter.toMs)}`,
    ...names,
  ].join(" AND ");
  const raw = db
    .query<Raw, string[]>(
      `SELECT ${group} AS name, count(*) AS edits, sum(coalesce(t.failed, 0)) AS refused,
         sum(iif(t.failed = 0, e.added, 0)) AS written, sum(iif(t.failed = 0, coalesce(k.n, 0), 0)) AS committed,
         sum(coalesce(v.total7, 0)) AS total7, sum(coalesce(v.kept7, 0)) AS kept7,
         sum(coalesce(v.total30, 0)) AS total30, sum(coalesce(v.kept30, 0)) AS kept30
       FROM edits e JOIN tool_calls t ON t.key = e.key JOIN calls c ON c.id = t.call_id JOIN models m ON m.id = c.model_id
       JOIN sessions s ON s.id = c.session_id JOIN branches b ON b.id = c.branch_id JOIN repos o ON o.id = b.repo_id
       LEFT JOIN (SELECT edit_id, sum(n) AS n FROM (SELECT l.edit_id, l.edit_line, max(l.count) AS n FROM commit_lines l
                    JOIN commits q ON q.id = l.commit_id WHERE q.live = 1 AND l.edit_id IS NOT NULL GROUP BY 1, 2) GROUP BY 1) k ON k.edit_id = e.id
       LEFT JOIN (SELECT edit_id, sum(iif(days = 7, total, 0)) AS total7, sum(iif(days = 7, kept, 0)) AS kept7,
                    sum(iif(days = 30, total, 0)) AS total30, sum(iif(days = 30, kept, 0)) AS kept30 FROM survivals GROUP BY 1) v ON v.edit_id = e.id
       WHERE ${bounds} GROUP BY 1 ORDER BY written DESC LIMIT ${filter.top}`,
    )
    .all(...values);
  const hours = [
    filter.fromMs === null ? "1" : `r.hour >= ${Math.floor(filter.fromMs / 3_600_000)}`,
    filter.toMs === null ? "1" : `r.hour < ${Math.ceil(filter.toMs / 3_600_000)}`,
    ...names,
  ].join(" AND ");
  const costs = new Map(
    db
      .query<{ name: string; cost: number }, string[]>(
        `SELECT ${group} AS name, sum(r.cost_nano) AS cost FROM rollup_sessions r JOIN models m ON m.id = r.model_id
         JOIN sessions s ON s.id = r.session_id JOIN branches b ON b.id = r.branch_id JOIN repos o ON o.id = b.repo_id
         WHERE ${hours} GROUP BY 1`,
      )
      .all(...values)
      .map(({ name, cost }) => [name, cost]),
  );
  return raw.map((row) => {
    const committed = Math.min(row.committed, row.written);
    const costNanoUsd = costs.get(row.name) ?? 0;
    return {
      name: row.name,
      edits: row.edits,
      refused: row.refused,
      linesWritten: row.written,
      linesCommitted: committed,
      acceptance: share(committed, row.written),
      override: share(row.written - committed, row.written),
      keptAfter7Days: share(row.kept7, row.total7),
      keptAfter30Days: share(row.kept30, row.total30),
      costNanoUsd,
      costPerLineNanoUsd: committed === 0 ? null : Math.round(costNanoUsd / committed),
    };
  });
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
