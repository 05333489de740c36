import type { Database } from "bun:sqlite";
import { UserError } from "../platform/errors.ts";
import { placeOf } from "../platform/repo.ts";
import { builtInPrices } from "../pricing/table.ts";
import type { BudgetRow } from "./budgets.ts";
import { Places } from "./dictionary.ts";
import { repoNamed } from "./repoNamed.ts";

/** Reads what a person says of a limit. Everything wrong is said in one sentence, with what to write instead. */

/** A limit as it was asked for. */
export interface BudgetWish {
  amount: string;
  per: BudgetRow["per"];
  repo?: string | undefined;
  branch?: string | undefined;
  pr?: number | undefined;
  model?: string | undefined;
  hard: boolean;
  warn?: string | undefined;
}

const MAX_USD = 1e6;
const MAX_TOKENS = 1e15;
const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, b: 1e9 };
export const DEFAULT_WARN = "50,80,100";

/** The row of a limit. Throws a {@link UserError} for nonsense, and for a repo, model or pull request that is unknown. */
export function budgetRowOf(
  db: Database,
  wish: BudgetWish,
  cwd: string,
  nowMs: number,
): Omit<BudgetRow, "id" | "repo"> {
  const { amount, unit } = amountOf(wish.amount);
  const repoId = repoOf(db, wish, cwd);
  return {
    per: wish.per,
    unit,
    amount,
    repo_id: repoId,
    branch: branchOf(wish.branch),
    pr_number: pullOf(db, wish.pr, repoId),
    model: modelOf(db, wish.model),
    hard: wish.hard ? 1 : 0,
    warn: warnOf(wish.warn ?? DEFAULT_WARN),
    created_ms: nowMs,
  };
}

/** `20`, `$0.50`, `20 usd` are dollars; `5M tokens`, `300k tok` are tokens. */
export function amountOf(text: string): { amount: number; unit: BudgetRow["unit"] } {
  const plain = text
    .trim()
    .toLowerCase()
    .replaceAll(/[,_\s]/g, "");
  const dollars = /^\$?(\d{1,9}(?:\.\d{1,9})?)(?:usd|\$|dollars?)?$/.exec(plain)?.[1];
  const tokens = /^(\d{1,12}(?:\.\d{1,6})?)([kmb]?)t(?:ok(?:ens?)?)?$/.exec(plain);
  if (dollars !== undefined) {
    const amount = Math.round(Number(dollars) * 1e9);
    if (amount > 0 && Number(dollars) <= MAX_USD) return { amount, unit: "usd" };
    throw new UserError(
      `a limit of ${text.trim()} makes no sense`,
      `Dollars are more than 0 and at most ${MAX_USD}. To spend nothing more, use a small amount such as 0.01 with --hard.`,
    );
  }
  if (tokens !== null) {
    const amount = Math.round(Number(tokens[1]) * (UNITS[tokens[2] as string] as number));
    if (amount > 0 && amount <= MAX_TOKENS) return { amount, unit: "tokens" };
    throw new UserError(`a limit of ${text.trim()} makes no sense`, "Tokens are at least 1.");
  }
  throw new UserError(
    `${JSON.stringify(text)} is no amount`,
    "Write dollars as 20 or $0.50, tokens as 5M tokens or 300k tokens.",
  );
}

function warnOf(text: string): string {
  const levels = text.split(",").map((part) => Number(part.trim().replace(/%$/, "") || Number.NaN));
  if (levels.length > 10 || levels.some((level) => !Number.isInteger(level) || level < 1 || level > 1000))
    throw new UserError(
      `--warn ${JSON.stringify(text)} is no list of percentages`,
      "Write for example --warn 50,80,100.",
    );
  return [...new Set(levels)].sort((a, b) => a - b).join(",");
}

function branchOf(name: string | undefined): string {
  if (name === undefined) return "";
  if (name.trim() === "") throw new UserError("--branch is empty", "Name a branch, or leave it out.");
  return name;
}

/** A folder's repo, also one that has no calls yet; else a repo of the book by its name or a part of it. A pull request needs one: that
 *  of the folder one stands in, where none is named. */
function repoOf(db: Database, { repo, pr }: BudgetWish, cwd: string): number {
  if (repo === undefined) {
    if (pr === undefined) return 0;
    if (placeOf(cwd).commonDir === null)
      throw new UserError("--pr needs a repo", "Stand in a checkout of it, or name it with --repo.");
    return new Places(db).repoOf(cwd);
  }
  return repoNamed(db, repo, `--repo ${JSON.stringify(repo)}`, cwd);
}

function pullOf(db: Database, number: number | undefined, repoId: number): number {
  if (number === undefined) return 0;
  if (!Number.isInteger(number) || number < 1)
    throw new UserError(`--pr ${number} is no pull request`, "Give its number, such as 42.");
  const known = db
    .query<{ n: number }, [number, number]>("SELECT count(*) AS n FROM pull_requests WHERE repo_id = ? AND number = ?")
    .get(repoId, number);
  if ((known?.n ?? 0) === 0)
    throw new UserError(
      `pull request #${number} is not in the book`,
      "`cc-ledger pr-cost --all` lists those that are.",
    );
  return number;
}

function modelOf(db: Database, text: string | undefined): string {
  if (text === undefined) return "";
  const needle = text.trim().toLowerCase();
  const used = db.query<{ name: string }, []>("SELECT name FROM models ORDER BY name").all();
  const names = [...used.map(({ name }) => name), ...Object.keys(builtInPrices())];
  if (needle === "" || !names.some((name) => name.toLowerCase().includes(needle)))
    throw new UserError(
      `--model ${JSON.stringify(text)} matches no model, neither used nor priced`,
      used.length === 0
        ? "`cc-ledger prices` lists priced ones."
        : `Used: ${used
            .slice(0, 12)
            .map(({ name }) => name)
            .join(", ")}`,
    );
  return needle;
}
