import type { Database } from "bun:sqlite";
import { addSums, byCost, heaviest, shareOf, unpricedIn } from "./bounded.ts";
import { addMeasures, noSums, rowsOf, SUM_MEASURES, selectionOf, sessionCells, timelessCells } from "./cells.ts";
import type { Filters } from "./filters.ts";
import { loadNames } from "./names.ts";
import type { Sums, Unpriced } from "./types.ts";

/** What each coding agent cost: Claude Code, and whatever else the ledger reads. */

export interface CodingAgentRow extends Sums {
  agent: string;
  sessions: number;
  /** The dearest first. */
  models: string[];
  share: number;
}

export interface CodingAgentsReport {
  totals: Sums & { sessions: number; unpriced: Unpriced[] };
  /** The dearest first. */
  agents: CodingAgentRow[];
}

/** Sums by coding agent. A session belongs to one agent, a call to its session's. */
export function codingAgentsReport(db: Database, filters: Filters): CodingAgentsReport {
  return db.transaction(() => {
    const selection = selectionOf(db, filters);
    const names = loadNames(db);
    const agents = new Map<number, { sums: Sums; models: Map<number, number> }>();
    const totals = noSums();
    const cells = `SELECT agent_id, model_id, ${SUM_MEASURES} FROM (${timelessCells(selection)}) GROUP BY agent_id, model_id`;
    for (const row of rowsOf(db, cells)) {
      const [id, model] = row as [number, number];
      const agent = agents.get(id) ?? { sums: noSums(), models: new Map<number, number>() };
      agents.set(id, agent);
      const sums = noSums();
      addMeasures(sums, row, 2);
      agent.models.set(model, sums.costNanoUsd);
      addSums(agent.sums, sums);
      addSums(totals, sums);
    }
    const sessions = new Map(
      rowsOf(
        db,
        `SELECT s.agent_id, count(*) FROM (SELECT DISTINCT session_id FROM (${sessionCells(selection)})) x
         JOIN sessions s ON s.id = x.session_id GROUP BY s.agent_id`,
      ) as [number, number][],
    );
    const name = db.query<{ name: string }, [number]>("SELECT name FROM agents WHERE id = ?");
    return {
      totals: {
        ...totals,
        sessions: [...sessions.values()].reduce((all, count) => all + count, 0),
        unpriced: unpricedIn(db, selection, names),
      },
      agents: byCost(
        [...agents].map(([id, { sums, models }]) => ({
          agent: name.get(id)?.name ?? "(unknown)",
          sessions: sessions.get(id) ?? 0,
          models: heaviest(models, names.models),
          ...sums,
          share: shareOf(sums, totals),
        })),
      ),
    };
  })();
}
