import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../ledger/ingest.ts";
import { ledgerDaily } from "./book.ts";
import { type ByDayModel, ccusageDaily } from "./ccusage.ts";
import { AGREEMENTS, DIFFERENCES } from "./differences.ts";

const text = (rows: ByDayModel): string[] =>
  [...rows].map(([key, sums]) => [key, sums.input, sums.output, sums.cacheRead, sums.cacheWrite].join(" ")).sort();

async function withFiles<T>(files: Record<string, object[]>, use: (config: string) => Promise<T>): Promise<T> {
  const { dir, remove } = scratch();
  try {
    const folder = join(dir, "projects", "p");
    mkdirSync(folder, { recursive: true });
    for (const [name, rows] of Object.entries(files))
      writeFileSync(join(folder, `${name}.jsonl`), `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`);
    return await use(dir);
  } finally {
    remove();
  }
}

const docs = readFileSync(join(import.meta.dir, "..", "..", "docs", "accounting.md"), "utf8");

describe("declared differences to ccusage", () => {
  for (const { name, files, ccusage, ledger } of DIFFERENCES) {
    test(name, async () => {
      await withFiles(files, async (config) => {
        expect(text(await ledgerDaily(config))).toEqual([...ledger].sort());
        expect(text(await ccusageDaily(config))).toEqual([...ccusage].sort());
      });
      expect(docs).toContain(`| ${name} |`);
    });
  }
});

describe("troublesome, and still the same", () => {
  for (const { name, files, ledger } of AGREEMENTS) {
    test(name, async () => {
      await withFiles(files, async (config) => {
        expect(text(await ledgerDaily(config))).toEqual([...ledger].sort());
        expect(text(await ccusageDaily(config))).toEqual([...ledger].sort());
      });
    });
  }
});
