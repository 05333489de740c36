import { loadPrices } from "../../ledger/prices.ts";
import { ledgerPaths } from "../../platform/paths.ts";
import type { PriceRow } from "../../pricing/types.ts";
import { csv } from "../../render/csv.ts";
import { envelope } from "../../render/json.ts";
import { renderTable } from "../../render/table.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import type { Context } from "../context.ts";
import type { OutputFlags } from "../flags.ts";

/** Prices in dollars per million tokens, as vendors publish them. */
function perMillion(nanoPerToken: number): number {
  return nanoPerToken / 1000;
}

function day(ms: number): string {
  return ms <= 0 ? "launch" : new Date(ms).toISOString().slice(0, 10);
}

function rowJson(row: PriceRow): object {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = row;
  const usdPerMillion = (rates: Record<string, number>): object =>
    Object.fromEntries(Object.entries(rates).map(([name, value]) => [name, perMillion(value)]));
  const tier = row.tier;
  return {
    model: row.model,
    from: day(row.effectiveFromMs),
    source: row.source,
    key: row.key,
    usdPerMillionTokens: usdPerMillion({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }),
    tier:
      tier === null
        ? null
        : {
            ...tier,
            ...usdPerMillion({
              input: tier.input,
              output: tier.output,
              cacheRead: tier.cacheRead,
              cacheWrite5m: tier.cacheWrite5m,
              cacheWrite1h: tier.cacheWrite1h,
            }),
          },
    fastMultiplier: row.fastMultiplier,
  };
}

function cells(row: PriceRow): string[] {
  const rates = [row.input, row.output, row.cacheRead, row.cacheWrite5m, row.cacheWrite1h];
  const tier =
    row.tier === null
      ? ""
      : `above ${row.tier.abovePromptTokens}: ${perMillion(row.tier.input)} / ${perMillion(row.tier.output)}`;
  const notes = [
    tier,
    row.fastMultiplier === 1 ? "" : `fast x${row.fastMultiplier}`,
    row.source === "override" ? "override" : "",
  ];
  return [
    row.model,
    day(row.effectiveFromMs),
    ...rates.map((rate) => String(perMillion(rate))),
    notes.filter((note) => note !== "").join(", "),
  ];
}

const COLUMNS = [
  { title: "MODEL", align: "left" as const, grow: 1 },
  { title: "FROM", align: "left" as const },
  { title: "INPUT", align: "right" as const },
  { title: "OUTPUT", align: "right" as const },
  { title: "CACHE READ", align: "right" as const },
  { title: "WRITE 5M", align: "right" as const },
  { title: "WRITE 1H", align: "right" as const },
  { title: "NOTES", align: "left" as const, priority: 1 },
];

export async function run(this: Context, flags: OutputFlags, model?: string): Promise<void> {
  const book = await loadPrices(this.env, ledgerPaths(this.env));
  const resolved = model === undefined ? null : book.resolve(model, this.now());
  const rows = resolved === null ? [...book.rows()] : book.rows().filter((row) => row.model === resolved.canonical);
  if (resolved !== null && resolved.row === null) this.process.exitCode = 1;
  if (flags.json) {
    const resolution =
      resolved === null ? null : { ...resolved, row: resolved.row === null ? null : rowJson(resolved.row) };
    await writeOut(envelope("prices", { version: book.version, resolution, rows: rows.map(rowJson) }, this.now()));
    return;
  }
  if (flags.csv) {
    await writeOut(
      csv(
        ["model", "from", "input", "output", "cache_read", "cache_write_5m", "cache_write_1h", "notes"],
        rows.map(cells),
      ),
    );
    return;
  }
  if (resolved !== null) {
    await writeOut(`${resolved.steps.join("\n")}\n`);
    if (resolved.row === null) {
      await writeOut(
        `${model} is unpriced: its calls are listed without a cost. Add a row to pricing.toml (docs/prices.md).\n`,
      );
      return;
    }
  }
  const terminal = terminalOf(this.process.stdout, this.env);
  await writeOut(`${renderTable({ columns: COLUMNS, rows: rows.map(cells), terminal })}\nUSD per million tokens.\n`);
}
