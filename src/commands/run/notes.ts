import { exchangeNotes, NOTES_REF, readNotes, writeNotes } from "../../attribution/notes.ts";
import { parseNote } from "../../forge/note.ts";
import { git } from "../../git/run.ts";
import { UserError } from "../../platform/errors.ts";
import { placeOf } from "../../platform/repo.ts";
import { envelope } from "../../render/json.ts";
import { formatTokens, formatUsd } from "../../render/numbers.ts";
import { printable } from "../../render/width.ts";
import { writeOut } from "../../render/write.ts";
import { repoIdsAt, withAttribution } from "../attribution.ts";
import { type Context, withLedger } from "../context.ts";
import type { NotesAction, NotesFlags } from "../notes.ts";

export async function run(this: Context, flags: NotesFlags, action: NotesAction, what?: string): Promise<void> {
  const cwd = process.cwd();
  if (placeOf(cwd).commonDir === null) throw new UserError("this folder lies in no git repository");
  const place = { dir: cwd, env: this.env };
  if (action === "show") await show(this, flags, what ?? "HEAD");
  else if (action === "write") {
    await withLedger(this, async (ledger) => {
      await withAttribution(this, ledger, { offline: true, recompute: false });
      const written = await writeNotes(ledger.db, place, repoIdsAt(ledger.db, cwd) ?? [-1], this.now());
      await writeOut(`${written} notes written to ${NOTES_REF}\n`);
    });
  } else await writeOut(`${await exchangeNotes(place, action, what ?? "origin")}\n`);
}

async function show(context: Context, flags: NotesFlags, revision: string): Promise<void> {
  const place = { dir: process.cwd(), env: context.env };
  const answer = await git(place, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`]);
  const sha = answer.out.trim();
  if (answer.code !== 0 || sha === "") throw new UserError(`no commit is called ${JSON.stringify(revision)}`);
  const text = (await readNotes(place)).get(sha);
  if (text === undefined)
    throw new UserError(`commit ${sha.slice(0, 9)} has no note`, "cc-ledger notes write writes those of this repo.");
  const note = parseNote(text);
  if (note === null) throw new UserError(`the note of ${sha.slice(0, 9)} is not one of cc-ledger's`);
  if (flags.json) {
    await writeOut(envelope("note", { sha, note }, context.now()));
    return;
  }
  const cost = note.sessions.reduce((sum, one) => sum + one.costNanoUsd, 0);
  const lines = note.sessions.map((one) => {
    const tokens = Object.values(one.tokens).reduce((sum, value) => sum + value, 0);
    return `  ${one.key}  ${printable(one.agent)}  ${printable(one.models.join(", "))}  ${formatTokens(tokens)}  ${formatUsd(one.costNanoUsd)}`;
  });
  await writeOut(
    `${sha.slice(0, 9)}  ${formatUsd(cost)}, ${note.lines.agent} of ${note.lines.added} added lines by agents\n${lines.join("\n")}${lines.length > 0 ? "\n" : ""}`,
  );
}
