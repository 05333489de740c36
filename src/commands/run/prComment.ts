import { forgeToken, noteOfCommit } from "../../attribution/notes.ts";
import { renderComment } from "../../forge/comment.ts";
import { ForgeError, upsertComment } from "../../forge/github.ts";
import { parseRemote } from "../../forge/remote.ts";
import { UserError } from "../../platform/errors.ts";
import { placeOf, readHead } from "../../platform/repo.ts";
import { writeOut } from "../../render/write.ts";
import { pullReport } from "../../reports/pullRequests.ts";
import { repoIdsAt, withAttribution } from "../attribution.ts";
import { type Context, withLedger } from "../context.ts";
import type { PrCommentFlags } from "../notes.ts";

export async function run(this: Context, flags: PrCommentFlags): Promise<void> {
  const cwd = process.cwd();
  const place = placeOf(cwd);
  if (place.commonDir === null) throw new UserError("this folder lies in no git repository");
  await withLedger(this, async (ledger) => {
    await withAttribution(this, ledger, { offline: false, recompute: false });
    const { db } = ledger;
    const repoIds = repoIdsAt(db, cwd) ?? [-1];
    const all = pullReport(db, { repoIds, number: null, branch: null, fromMs: null }).pullRequests;
    const branch = readHead(cwd);
    const pull =
      flags.pr === undefined
        ? (all.filter((one) => one.branch === branch).at(-1) ?? null)
        : (all.find((one) => one.number === flags.pr) ?? null);
    if (pull === null)
      throw new UserError(
        flags.pr === undefined
          ? `the ledger knows no pull request of branch ${branch ?? "(none)"}`
          : `the ledger knows no pull request #${flags.pr}`,
        "cc-ledger pr-cost --all lists those it knows.",
      );
    const commits = db
      .query<{ id: number; sha: string; squash: number }, [number]>(
        "SELECT id, sha, named_how = 'squash' AS squash FROM commits WHERE pr_id = ? AND live = 1 AND instr(parents, ' ') = 0 ORDER BY id",
      )
      .all(pull.id);
    const originals = commits.filter((one) => one.squash === 0);
    const chosen = originals.length > 0 ? originals : commits;
    const found = chosen.map(({ id, sha }) => ({ sha, note: noteOfCommit(db, id) }));
    const costs = all
      .map((one) => one.costNanoUsd)
      .filter((cost) => cost > 0)
      .sort((a, b) => a - b);
    const body = renderComment({
      notes: found.flatMap(({ sha, note }) => (note === null ? [] : [{ sha, note }])),
      commitsWithoutNote: found.filter(({ note }) => note === null).length,
      linesAdded: pull.linesAdded,
      medianNanoUsd: pull.medianRatio === null || costs.length === 0 ? null : pull.costNanoUsd / pull.medianRatio,
    });
    if (flags["dry-run"]) {
      await writeOut(body);
      return;
    }
    const remote = place.remote === null ? null : parseRemote(place.remote);
    if (remote === null) throw new UserError("the repository has no remote that names a project on a forge");
    const apiUrl = this.env.GITHUB_API_URL || "https://api.github.com";
    if (remote.forge !== "github" && !this.env.GITHUB_API_URL)
      throw new UserError(
        `${remote.host} is not GitHub`,
        "Set GITHUB_API_URL for a GitHub server of your own; --dry-run prints the comment.",
      );
    const token = await forgeToken(this.env, cwd);
    if (token === null) throw new UserError("no token for the forge", "Set GH_TOKEN, or log in with gh.");
    try {
      const done = await upsertComment(
        { apiUrl, token, owner: remote.owner, repo: remote.repo, number: pull.number },
        body,
      );
      await writeOut(`comment on #${pull.number} ${done}\n`);
    } catch (error) {
      if (error instanceof ForgeError) throw new UserError(error.message);
      throw error;
    }
  });
}
