import type { Database } from "bun:sqlite";
import { CATEGORIES } from "../categories/index.ts";
import { type Group, groupsOf } from "../ledger/groups.ts";
import type { RunKind } from "../ledger/runTypes.ts";
import { addSums, bounded, byCost, heaviest, type Left, restOf, shareOf, unpricedIn } from "./bounded.ts";
import {
  addMeasures,
  noSums,
  rowsOf,
  type Selection,
  SUM_MEASURES,
  selectionOf,
  sessionCells,
  subAgentCells,
  timelessCells,
} from "./cells.ts";
import { coverageOf } from "./coverage.ts";
import type { Filters } from "./filters.ts";
import { loadNames, type Names } from "./names.ts";
import type { Coverage, Sums, Unpriced } from "./types.ts";

/** What each project cost: a repo with all its worktrees, or several repos that a person joined into one product. */

/** Repos that a person joined. */
export type Product = Group;

export interface ProjectRow extends Sums {
  /** Name of the product or repo; repos of one name are told apart by their folder. */
  project: string;
  /** Several repos that a person joined. */
  isProduct: boolean;
  repos: {
    name: string;
    /** Git common directory, or the folder where there is no git. */
    folder: string;
    /** Work trees and folders in it that agents worked in. */
    workTrees: number;
  }[];
  sessions: number;
  /** The dearest first. */
  models: string[];
  /** Kind of work that cost most; null where nothing was spent. */
  topCategory: string | null;
  kinds: (Sums & { kind: RunKind })[];
  lastActiveAtMs: number | null;
  share: number;
}

export interface ProjectsReport {
  totals: Sums & { sessions: number; unpriced: Unpriced[] };
  projects: ProjectRow[];
  projectsLeft: Left;
  coverage: Coverage;
}

interface Project {
  name: string;
  isProduct: boolean;
  repoIds: number[];
  sums: Sums;
  sessions: Set<number>;
  models: Map<number, number>;
  categories: Map<number, number>;
  user: Sums;
  overhead: Sums;
  lastHour: number;
  lastSessions: number[];
}

/** Projects of a selection, the dearest first; those beyond `filters.top` are added up in one row. */
export function projectsReport(db: Database, filters: Filters): ProjectsReport {
  return db.transaction(() => {
    const selection = selectionOf(db, filters);
    const names = loadNames(db);
    const projects = gather(db, selection, names);
    const totals = noSums();
    const sessions = new Set<number>();
    for (const project of projects) {
      addSums(totals, project.sums);
      for (const id of project.sessions) sessions.add(id);
    }
    const list = bounded(byCost(projects.map((project) => ({ ...project.sums, project }))), filters.top);
    return {
      totals: { ...totals, sessions: sessions.size, unpriced: unpricedIn(db, selection, names) },
      projects: list.shown.map(({ project }) => describe(db, project, selection, names, totals)),
      projectsLeft: list.left,
      coverage: coverageOf(db, totals),
    };
  })();
}

/** Finds the project of a branch: its repo, the repo that goes on elsewhere in its place, or the product that holds either. */
class Projects {
  readonly all: Project[] = [];
  readonly #byRepo = new Map<number, Project>();
  readonly #names: Names;

  constructor(db: Database, names: Names) {
    this.#names = names;
    const repos = db
      .query<{ id: number; name: string; identity: string; same_as: number | null }, []>(
        "SELECT id, name, identity, same_as FROM repos ORDER BY id",
      )
      .all();
    const heirs = new Map(repos.map((repo) => [repo.id, repo.same_as]));
    const rootOf = (id: number): number => {
      let root = id;
      for (let steps = 0, next = heirs.get(root); next !== undefined && next !== null && steps < 100; steps++) {
        root = next;
        next = heirs.get(root);
      }
      return root;
    };
    const productOf = new Map<number, Project>();
    for (const { name, repos: members } of groupsOf(db)) {
      const product = newProject(name, true);
      for (const { id } of members) productOf.set(rootOf(id), product);
    }
    const roots = repos.filter((repo) => rootOf(repo.id) === repo.id);
    const used = new Map<string, number>();
    for (const { name } of roots) used.set(name, (used.get(name) ?? 0) + 1);
    for (const root of roots) {
      const name = (used.get(root.name) ?? 0) > 1 ? `${root.name} (${root.identity})` : root.name;
      const project = productOf.get(root.id) ?? newProject(name, false);
      project.repoIds.push(root.id);
      this.#byRepo.set(root.id, project);
    }
    for (const { id } of repos) {
      const project = this.#byRepo.get(rootOf(id));
      if (project !== undefined) this.#byRepo.set(id, project);
    }
  }

  of(branchId: number): Project {
    const repo = this.#names.repoOfBranch.get(branchId) ?? 0;
    let project = this.#byRepo.get(repo);
    if (project === undefined) {
      project = newProject("(unknown)", false);
      this.#byRepo.set(repo, project);
    }
    if (project.sums.calls === 0 && !this.all.includes(project)) this.all.push(project);
    return project;
  }
}

function newProject(name: string, isProduct: boolean): Project {
  return {
    name,
    isProduct,
    repoIds: [],
    sums: noSums(),
    sessions: new Set(),
    models: new Map(),
    categories: new Map(),
    user: noSums(),
    overhead: noSums(),
    lastHour: -1,
    lastSessions: [],
  };
}

function gather(db: Database, selection: Selection, names: Names): Project[] {
  const projects = new Projects(db, names);
  const cells = rowsOf(
    db,
    `SELECT branch_id, model_id, category, ${SUM_MEASURES} FROM (${timelessCells(selection)}) GROUP BY branch_id, model_id, category`,
  );
  for (const row of cells) {
    const project = projects.of(row[0] as number);
    const cost = row.at(-1) as number;
    addMeasures(project.sums, row, 3);
    add(project.models, row[1] as number, cost);
    add(project.categories, row[2] as number, cost);
  }
  const sessions = `SELECT session_id, branch_id, max(hour) FROM (${sessionCells(selection)}) GROUP BY session_id, branch_id`;
  for (const [session, branch, hour] of rowsOf(db, sessions) as [number, number, number][]) {
    const project = projects.of(branch);
    project.sessions.add(session);
    if (hour > project.lastHour) project.lastSessions = [];
    if (hour >= project.lastHour) project.lastSessions.push(session);
    project.lastHour = Math.max(project.lastHour, hour);
  }
  const subAgents = db
    .query(
      `SELECT x.branch_id, t.kind, ${SUM_MEASURES} FROM (${subAgentCells(selection)}) x JOIN run_types t ON t.id = x.type_id
       GROUP BY x.branch_id, t.kind`,
    )
    .values() as [number, "user" | "overhead", ...number[]][];
  for (const [branch, kind, ...measures] of subAgents) addMeasures(projects.of(branch)[kind], measures, 0);
  return projects.all;
}

function add(weights: Map<number, number>, id: number, weight: number): void {
  weights.set(id, (weights.get(id) ?? 0) + weight);
}

function describe(db: Database, project: Project, selection: Selection, names: Names, totals: Sums): ProjectRow {
  const { sums, user, overhead, categories } = project;
  const [top] = [...categories].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return {
    project: project.name,
    isProduct: project.isProduct,
    repos: reposOf(db, project.repoIds),
    sessions: project.sessions.size,
    models: heaviest(project.models, names.models),
    topCategory: top === undefined || top[1] === 0 ? null : (CATEGORIES[top[0]] ?? "general"),
    kinds: [
      { kind: "main", ...restOf(restOf(sums, user), overhead) },
      { kind: "user", ...user },
      { kind: "overhead", ...overhead },
    ],
    lastActiveAtMs: lastActive(db, project, selection),
    ...sums,
    share: shareOf(sums, totals),
  };
}

function reposOf(db: Database, ids: readonly number[]): ProjectRow["repos"] {
  if (ids.length === 0) return [];
  return db
    .query<{ name: string; folder: string; workTrees: number }, []>(
      `SELECT o.name, o.identity AS folder,
         (SELECT count(DISTINCT coalesce(p.root, p.cwd)) FROM places p JOIN repos a ON a.id = p.repo_id
          WHERE a.id = o.id OR a.same_as = o.id) AS workTrees
       FROM repos o WHERE o.id IN (${ids.join(",")}) ORDER BY o.name, o.identity`,
    )
    .all();
}

/** Time of the last call; it lies in the last hour that has any, in one of the sessions of that hour. */
function lastActive(db: Database, project: Project, selection: Selection): number | null {
  if (project.lastSessions.length === 0) return null;
  const rows = rowsOf(
    db,
    `SELECT max(c.at_ms) FROM runs r JOIN calls c ON c.run_id = r.id JOIN branches b ON b.id = c.branch_id
     WHERE r.session_id IN (${project.lastSessions.join(",")}) AND ${selection.wherePlace} AND ${selection.toMs === null ? "1" : `c.at_ms < ${selection.toMs}`}
       AND b.repo_id IN (SELECT id FROM repos WHERE id IN (${project.repoIds.join(",")}) OR same_as IN (${project.repoIds.join(",")}))`,
  );
  return rows[0]?.[0] ?? null;
}
