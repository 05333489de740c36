import { readSetting } from "../../ledger/config.ts";
import { type Group, groupRepos, groupsOf, ungroupRepos } from "../../ledger/groups.ts";
import { UserError } from "../../platform/errors.ts";
import { envelope } from "../../render/json.ts";
import { renderGroup, renderGroups, renderProjects } from "../../render/projects.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import { filtersOf } from "../../reports/filters.ts";
import { projectsReport } from "../../reports/projects.ts";
import type { ReportFlags } from "../agents.ts";
import { type Context, type OpenLedger, withLedger } from "../context.ts";
import { withDefaults } from "../flags.ts";
import { groupJson, projectsCsv, projectsJson } from "../output/projectsJson.ts";
import type { GroupFlags } from "../projects.ts";

export async function list(this: Context, flags: ReportFlags): Promise<void> {
  await withLedger(this, async ({ db }) => {
    const filters = filtersOf(withDefaults(flags, readSetting(db, "timezone")), this.now());
    const report = projectsReport(db, filters);
    if (flags.json) await writeOut(envelope("projects", projectsJson(report, filters), this.now()));
    else if (flags.csv) await writeOut(projectsCsv(report));
    else await writeOut(renderProjects(report, terminalOf(this.process.stdout, this.env), filters));
  });
}

export async function group(this: Context, flags: GroupFlags, name: string, ...repos: string[]): Promise<void> {
  await withLedger(this, async (ledger) => {
    mustWrite(ledger);
    await show(this, flags, groupRepos(ledger.db, name, repos, process.cwd()), name);
  });
}

export async function ungroup(this: Context, flags: GroupFlags, name: string, ...repos: string[]): Promise<void> {
  await withLedger(
    this,
    async (ledger) => {
      mustWrite(ledger);
      await show(this, flags, ungroupRepos(ledger.db, name, repos, process.cwd()), name);
    },
    { catchUp: false },
  );
}

export async function groups(this: Context, flags: GroupFlags): Promise<void> {
  await withLedger(
    this,
    async ({ db }) => {
      const all = groupsOf(db);
      if (flags.json) await writeOut(envelope("products", { products: all.map(groupJson) }, this.now()));
      else await writeOut(renderGroups(all, terminalOf(this.process.stdout, this.env)));
    },
    { catchUp: false },
  );
}

async function show(context: Context, flags: GroupFlags, left: Group | null, name: string): Promise<void> {
  if (flags.json)
    await writeOut(envelope("products", { products: left === null ? [] : [groupJson(left)] }, context.now()));
  else await writeOut(renderGroup(left, name));
}

function mustWrite({ book }: OpenLedger): void {
  if (!book.writable) throw new UserError(`products cannot be changed: ${book.readOnlyReason}`);
}
