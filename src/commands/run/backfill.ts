import { ADAPTERS } from "../../agents/registry.ts";
import { reclassify } from "../../ledger/reclassify.ts";
import { UserError } from "../../platform/errors.ts";
import { envelope } from "../../render/json.ts";
import { writeOut } from "../../render/write.ts";
import type { BackfillFlags } from "../backfill.ts";
import { type Context, withLedger } from "../context.ts";

export async function run(this: Context, flags: BackfillFlags, what = "history"): Promise<void> {
  if (what !== "history" && what !== "agent-turns") {
    throw new UserError(`backfill knows history and agent-turns, not ${JSON.stringify(what)}`);
  }
  await withLedger(
    this,
    async ({ db, book, caughtUp }) => {
      if (!book.writable) throw new UserError(book.readOnlyReason ?? "the book cannot be written");
      const calls = db.query<{ n: number }, []>("SELECT count(*) AS n FROM calls").get()?.n ?? 0;
      const read = {
        files: caughtUp?.files ?? 0,
        read: caughtUp?.work.opened ?? 0,
        bytes: caughtUp?.work.bytes ?? 0,
        problems: caughtUp?.problems ?? [],
      };
      if (what === "agent-turns") {
        const result = reclassify(db, ADAPTERS, this.env);
        if (flags.json) await writeOut(envelope("backfill", { what, ...result }, this.now()));
        else {
          await writeOut(
            `${result.prompts} prompts read again, ${result.changed} in another category; ${result.kept} whose transcripts are gone keep theirs.\n`,
          );
        }
        return;
      }
      if (flags.json) await writeOut(envelope("backfill", { what, ...read, calls }, this.now()));
      else
        await writeOut(
          `${read.read} of ${read.files} files read (${(read.bytes / 1e6).toFixed(1)} MB); the book holds ${calls} calls.\n`,
        );
      for (const { path, message } of read.problems) this.process.stderr.write(`cc-ledger: ${path}: ${message}\n`);
      if (read.problems.length > 0) this.process.exitCode = 1;
    },
    { fresh: what === "history" },
  );
}
