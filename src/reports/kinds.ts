import type { Database } from "bun:sqlite";
import type { RunKind } from "./agents.ts";
import { addSums, restOf } from "./bounded.ts";
import { addMeasures, noSums, rowsOf, SUM_MEASURES, selectedCalls, selectionOf, timelessCells } from "./cells.ts";
import type { Filters } from "./filters.ts";
import type { Sums } from "./types.ts";

/** What main threads, sub-agents and the clients' own runs spent. Only sub-agents are looked at call by call: the rest is the main threads'. */
export function spentByKind(db: Database, filters: Filters): Record<RunKind, Sums> {
  const selection = selectionOf(db, filters);
  const kinds: Record<RunKind, Sums> = { main: noSums(), user: noSums(), overhead: noSums() };
  const rows = db
    .query(
      `SELECT r.kind, ${SUM_MEASURES} FROM (${selectedCalls(selection, "r.kind <> 'main'")}) x JOIN runs r ON r.id = x.run_id GROUP BY r.kind`,
    )
    .values() as [RunKind, ...number[]][];
  for (const [kind, ...measures] of rows) addMeasures(kinds[kind], measures, 0);
  const all = noSums();
  for (const row of rowsOf(db, `SELECT ${SUM_MEASURES} FROM (${timelessCells(selection)})`)) addMeasures(all, row, 0);
  addSums(kinds.main, restOf(restOf(all, kinds.user), kinds.overhead));
  return kinds;
}
