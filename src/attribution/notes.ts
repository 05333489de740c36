import type { Database } from "bun:sqlite";
import { type CommitNote, formatNote, type NoteSession } from "../forge/note.ts";
import { readBlobs } from "../git/aiNotes.ts";
import { type GitPlace, git, runProgram } from "../git/run.ts";
import { UserError } from "../platform/errors.ts";
import { VERSION } from "../version.ts";

/** Where notes live. `refs/notes/ai` belongs to another tool: it is read as evidence, never written. */
export const NOTES_REF = "refs/notes/cc-ledger";

/** Secret of this ledger, under which session ids are hashed: made once, kept in the book. */
function secretOf(db: Database): string {
  const known = db.query<{ value: string }, []>("SELECT value FROM meta WHERE key = 'notes.secret'").get();
  if (known !== null) return known.value;
  const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex");
  db.query("INSERT INTO meta (key, value) VALUES ('notes.secret', ?)").run(secret);
  return secret;
}

interface Share {
  session_id: string;
  id: number;
  agent: string;
  input: number;
  output: number;
  cache_read: number;
  cache_write_5m: number;
  cache_write_1h: number;
  cost_nano: number;
}

const SHARE = `s.session_id, s.id, g.name AS agent, sum(a.input) AS input, sum(a.output) AS output, sum(a.cache_read) AS cache_read,
  sum(a.cache_write_5m) AS cache_write_5m, sum(a.cache_write_1h) AS cache_write_1h, sum(a.cost_nano) AS cost_nano
  FROM allocations a JOIN sessions s ON s.id = a.session_id JOIN agents g ON g.id = s.agent_id`;

/** The note of one commit: what its sessions cost as far as it bears them. A squash bears what its pull request does, for its originals go. */
export function noteOfCommit(db: Database, commitId: number): CommitNote | null {
  const commit = db
    .query<{ named_how: string; pr_id: number | null; added: number; ai: number }, [number]>(
      `SELECT named_how, pr_id, added, coalesce((SELECT sum(count) FROM commit_lines l WHERE l.commit_id = c.id AND l.grade <= 2), 0) AS ai
       FROM commits c WHERE id = ?`,
    )
    .get(commitId);
  if (commit === null) return null;
  const isSquash = commit.named_how === "squash" && commit.pr_id !== null;
  const shares = db
    .query<Share, [number]>(
      `SELECT ${SHARE} WHERE ${isSquash ? "a.pr_id = ?" : "a.commit_id = ?"} GROUP BY s.id ORDER BY s.session_id`,
    )
    .all(isSquash ? (commit.pr_id as number) : commitId);
  if (shares.length === 0 && commit.ai === 0) return null;
  const secret = secretOf(db);
  const sessions = shares.map(
    (share): NoteSession => ({
      key: new Bun.CryptoHasher("sha256", secret).update(share.session_id).digest("hex").slice(0, 16),
      agent: share.agent,
      models: db
        .query<{ name: string }, [number]>(
          "SELECT DISTINCT m.name FROM rollup_sessions r JOIN models m ON m.id = r.model_id WHERE r.session_id = ? AND r.calls > 0 ORDER BY 1",
        )
        .all(share.id)
        .map(({ name }) => name),
      tokens: {
        input: share.input,
        output: share.output,
        cacheRead: share.cache_read,
        cacheWrite5m: share.cache_write_5m,
        cacheWrite1h: share.cache_write_1h,
      },
      costNanoUsd: share.cost_nano,
    }),
  );
  return { version: 1, tool: `cc-ledger/${VERSION}`, sessions, lines: { added: commit.added, agent: commit.ai } };
}

/** Notes of a repo as they are stored, by commit. */
export async function readNotes(place: GitPlace): Promise<Map<string, string>> {
  const list = await git(place, ["notes", `--ref=${NOTES_REF}`, "list"]);
  const entries = list.out
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([blob, sha]) => /^[0-9a-f]{40,64}$/.test(blob ?? "") && /^[0-9a-f]{40,64}$/.test(sha ?? ""));
  if (list.code !== 0 || entries.length === 0) return new Map();
  const texts = await readBlobs(
    place,
    entries.map(([blob]) => blob as string),
  );
  const notes = new Map(texts.map((text, at) => [entries[at]?.[1] as string, text]));
  return notes;
}

/** Writes the notes of a repo's live commits that agents had a hand in, where they are missing or say something else: one commit on the
 *  notes' ref. Answers how many were written. Throws a {@link UserError} when git refuses. */
export async function writeNotes(
  db: Database,
  place: GitPlace,
  repoIds: readonly number[],
  nowMs: number,
): Promise<number> {
  const commits = db
    .query<{ id: number; sha: string }, []>(
      `SELECT c.id, c.sha FROM commits c WHERE c.repo_id IN (${repoIds.join(",")}) AND c.live = 1
         AND (EXISTS (SELECT 1 FROM commit_lines l WHERE l.commit_id = c.id AND l.grade <= 2)
           OR EXISTS (SELECT 1 FROM allocations a WHERE a.commit_id = c.id)) ORDER BY c.id`,
    )
    .all();
  const stored = await readNotes(place);
  const changes: string[] = [];
  for (const { id, sha } of commits) {
    const note = noteOfCommit(db, id);
    const text = note === null ? null : formatNote(note);
    if (text !== null && stored.get(sha) !== text)
      changes.push(`N inline ${sha}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
  }
  if (changes.length === 0) return 0;
  const tip = await git(place, ["rev-parse", "--verify", "--quiet", NOTES_REF]);
  const from = tip.code === 0 ? `from ${tip.out.trim()}\n` : "";
  const message = "Notes by cc-ledger";
  const head = `commit ${NOTES_REF}\ncommitter cc-ledger <cc-ledger@localhost> ${Math.floor(nowMs / 1000)} +0000\ndata ${message.length}\n${message}\n${from}`;
  const done = await git(place, ["fast-import", "--quiet"], { input: `${head}${changes.join("")}`, timeoutMs: 60_000 });
  if (done.code !== 0) throw new UserError(`git did not take the notes: ${done.err.trim().split("\n")[0] ?? ""}`);
  return changes.length;
}

/** Sends the notes to a remote, or gets them from there and joins them: where both have a note on a commit, the one of this repo stays. */
export async function exchangeNotes(place: GitPlace, direction: "push" | "fetch", remote: string): Promise<string> {
  if (!/^[\w./-]{1,100}$/.test(remote) || remote.startsWith("-"))
    throw new UserError(`no remote is called ${JSON.stringify(remote)}`);
  const spec = direction === "push" ? `${NOTES_REF}:${NOTES_REF}` : `+${NOTES_REF}:${NOTES_REF}-remote`;
  const done = await git(place, [direction, "--quiet", remote, spec], { timeoutMs: 60_000 });
  if (done.code !== 0) {
    const reason = done.err.trim().split("\n")[0] ?? "";
    throw new UserError(
      `git ${direction} of the notes failed: ${reason}`,
      direction === "push"
        ? "cc-ledger notes fetch joins what others wrote; then push again."
        : "There may be no notes on that remote yet.",
    );
  }
  if (direction === "push") return `notes pushed to ${remote}`;
  const own = await git(place, ["rev-parse", "--verify", "--quiet", NOTES_REF]);
  const merge =
    own.code === 0
      ? await git(place, ["notes", `--ref=${NOTES_REF}`, "merge", "--strategy=ours", `${NOTES_REF}-remote`])
      : await git(place, ["update-ref", NOTES_REF, `${NOTES_REF}-remote`]);
  await git(place, ["update-ref", "-d", `${NOTES_REF}-remote`]);
  if (merge.code !== 0)
    throw new UserError(`the notes of ${remote} could not be joined: ${merge.err.trim().split("\n")[0] ?? ""}`);
  return `notes of ${remote} joined; where both have one, this repo's stays`;
}

/** Token for the forge: the environment's, else that of its own tool. Null where there is none. */
export async function forgeToken(
  env: Readonly<Record<string, string | undefined>>,
  dir: string,
): Promise<string | null> {
  const given = env.GH_TOKEN || env.GITHUB_TOKEN;
  if (given) return given;
  if (Bun.which("gh", { PATH: env.PATH ?? "" }) === null) return null;
  const answer = await runProgram(["gh", "auth", "token"], { dir, env });
  const token = answer.out.trim();
  return answer.code === 0 && token !== "" ? token : null;
}
