import type { Database } from "bun:sqlite";
import type { RunKind } from "../ledger/runTypes.ts";
import { addSums, restOf } from "./bounded.ts";
import { addMeasures, noSums, rowsOf, SUM_MEASURES, selectionOf, subAgentCells, timelessCells } from "./cells.ts";
import type { Filters } from "./filters.ts";
import type { Sums } from "./types.ts";

/** What main threads, sub-agents and the clients' own runs spent. What sub-agents did not spend is the main threads'. */
export function spentByKind(db: Database, filters: Filters): Record<RunKind, Sums> {
  const selection = selectionOf(db, filters);
  const kinds: Record<RunKind, Sums> = { main: noSums(), user: noSums(), overhead: noSums() };
  const rows = db
    .query(
      `SELECT t.kind, ${SUM_MEASURES} FROM (${subAgentCells(selection)}) x JOIN run_types t ON t.id = x.type_id GROUP BY t.kind`,
    )
    .values() as [RunKind, ...number[]][];
  for (const [kind, ...measures] of rows) addMeasures(kinds[kind], measures, 0);
  const all = noSums();
  for (const row of rowsOf(db, `SELECT ${SUM_MEASURES} FROM (${timelessCells(selection)})`)) addMeasures(all, row, 0);
  addSums(kinds.main, restOf(restOf(all, kinds.user), kinds.overhead));
  return kinds;
}
