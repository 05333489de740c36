import { existsSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { blameFile } from "../../git/blame.ts";
import { UserError } from "../../platform/errors.ts";
import { placeOf } from "../../platform/repo.ts";
import { renderBlame } from "../../render/commits.ts";
import { envelope } from "../../render/json.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import { blameRows } from "../../reports/blame.ts";
import { repoIdsAt, withAttribution } from "../attribution.ts";
import type { BlameFlags } from "../blame.ts";
import { type Context, withLedger } from "../context.ts";

export async function run(this: Context, flags: BlameFlags, file: string): Promise<void> {
  const path = resolve(file);
  if (flags.lines !== undefined && !/^\d{1,9},\d{1,9}$/.test(flags.lines))
    throw new UserError(`-L takes two line numbers such as 10,20, not ${JSON.stringify(flags.lines)}`);
  if (!existsSync(path) || !statSync(path).isFile()) throw new UserError(`${path} is no file`);
  const folder = dirname(path);
  if (placeOf(folder).root === null) throw new UserError(`${path} lies in no git repository`);
  await withLedger(this, async (ledger) => {
    await withAttribution(this, ledger, { offline: true, recompute: false });
    const lines = await blameFile({ dir: folder, env: this.env }, basename(path), flags.lines ?? null);
    const rows = blameRows(ledger.db, repoIdsAt(ledger.db, folder) ?? [], lines, this.now());
    if (flags.json)
      await writeOut(envelope("blame", { file: path, lines: rows.map(({ text: _text, ...row }) => row) }, this.now()));
    else await writeOut(renderBlame(rows, terminalOf(this.process.stdout, this.env)));
  });
}
