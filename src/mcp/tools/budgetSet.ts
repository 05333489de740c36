import { PERIODS } from "../../guard/types.ts";
import { saveBudget } from "../../ledger/budgets.ts";
import { budgetRowOf } from "../../ledger/budgetWish.ts";
import { UserError } from "../../platform/errors.ts";
import { budgetsReport, contradictions } from "../../reports/budgets.ts";
import { budgetsOf } from "../../reports/spending.ts";
import { code, paragraphs } from "../markdown.ts";
import { choice, flag, list, object, optional, text, whole } from "../schema.ts";
import { projectArgument, tool } from "../tool.ts";
import { LIMIT, limitFields, limitTable } from "./budgetStatus.ts";

/** Setting a limit may wait for another writer for so long. Milliseconds. */
const BUSY_MS = 2_000;

/** Settings of Claude Code are for a person to change. */
const WIRING = "It holds calls up once the hooks ask for that: run `cc-ledger guard on` in a terminal.";

export const budgetSet = tool({
  name: "budget_set",
  title: "Set a limit",
  description:
    "Sets a limit (budget): a warning at 50, 80 and 100 percent, and with `hard` the next call of Claude Code is held up when it is used up. One of the same period and scope is replaced. Only on a person's wish; `cc-ledger budget rm` removes one.",
  input: object({
    amount: text("Dollars (20, $0.50) or tokens (5M tokens). More than 0.", 100),
    per: optional(choice(PERIODS, "What it is a limit of. Default: month.")),
    project: projectArgument,
    branch: optional(text("Only work on this branch.", 300)),
    pr: optional(whole({ min: 1 }, "Only this pull request of the project.")),
    model: optional(text("Only this model, by name or a part of it.", 100)),
    hard: optional(flag("Hold up what comes after it. Default: false.")),
    warn: optional(text("Percentages to warn at, such as 50,80,100.", 100)),
  }),
  output: { set: LIMIT, notes: list(text()) },
  writes: true,
  run(args, call) {
    if (!call.book.writable)
      throw new UserError(`the ledger can only be read, so no limit can be set: ${call.book.readOnlyReason}`);
    const { db, nowMs, timeZone } = call;
    const project = call.project(args.project);
    if (project !== null && project.folder === null)
      throw new UserError(`${project.name} is a product of several repos, and a limit is for one of them`);
    const row = budgetRowOf(
      db,
      {
        amount: args.amount,
        per: args.per ?? "month",
        repo: project?.folder ?? undefined,
        branch: args.branch,
        pr: args.pr,
        model: args.model,
        hard: args.hard ?? false,
        warn: args.warn,
      },
      call.standing.cwd,
      nowMs,
    );
    const id = call.patiently(BUSY_MS, () => saveBudget(db, row));
    const status = budgetsReport(db, { nowMs, timeZone }).find(({ budget }) => budget.id === id);
    if (status === undefined) throw new Error("the limit that was set is not there");
    const notes = [...contradictions(budgetsOf(db), id), ...(status.budget.hard ? [WIRING] : [])];
    return {
      rows: 0,
      page: () => ({
        structured: { set: limitFields(status), notes },
        markdown: paragraphs(
          `Set: ${code(status.label)}${status.budget.hard ? ", hard" : ""}.`,
          limitTable([status]),
          notes.map((note) => `- ${code(note, 200)}`).join("\n"),
        ),
      }),
    };
  },
});
