import type { Database } from "bun:sqlite";
import { parseRemote } from "../forge/remote.ts";
import { git, runProgram } from "../git/run.ts";
import type { Env } from "../platform/paths.ts";
import type { ForgePull } from "./pulls.ts";
import type { ScannedRepo } from "./repos.ts";

/** A forge is asked no more often than this. */
const ASK_EVERY_MS = 5 * 60_000;
const ASK_TIMEOUT_MS = 5_000;
const MAX_PULLS = 500;

/** What `gh` or `glab` say of a repo's pull requests, where one of them is installed and logged in; else what the remote's refs tell.
 *  Nothing is asked twice within five minutes, nothing fails: no answer is no news. */
export async function askForges(
  db: Database,
  repo: ScannedRepo,
  options: { env: Env; now: () => number },
): Promise<ForgePull[]> {
  if (repo.remote === null) return [];
  const asked =
    db.query<{ asked_ms: number | null }, [number]>("SELECT asked_ms FROM repos WHERE id = ?").get(repo.id)?.asked_ms ??
    0;
  const nowMs = options.now();
  if (nowMs - asked < ASK_EVERY_MS && nowMs >= asked) return [];
  db.query("UPDATE repos SET asked_ms = ? WHERE id = ?").run(nowMs, repo.id);
  const forge = parseRemote(repo.remote)?.forge ?? "unknown";
  if (forge === "github" && Bun.which("gh", { PATH: options.env.PATH ?? "" }) !== null)
    return askGitHub(repo, options.env);
  if (forge === "gitlab" && Bun.which("glab", { PATH: options.env.PATH ?? "" }) !== null)
    return askGitLab(repo, options.env);
  return askRefs(db, repo, options.env);
}

/** Folder to run a forge's tool in: the work tree, for they do not like a bare git directory. */
function folderOf(repo: ScannedRepo): string {
  return repo.commonDir.replace(/\/\.git$/, "");
}

async function askGitHub(repo: ScannedRepo, env: Env): Promise<ForgePull[]> {
  const fields = "number,url,title,state,headRefName,headRefOid,mergeCommit,createdAt,mergedAt,closedAt";
  const argv = ["gh", "pr", "list", "--state", "all", "--limit", String(MAX_PULLS), "--json", fields];
  const answer = await runProgram(
    argv,
    { dir: folderOf(repo), env },
    { timeoutMs: ASK_TIMEOUT_MS, cwd: folderOf(repo) },
  );
  return answer.code === 0 ? listOf(answer.out).flatMap(gitHubPull) : [];
}

async function askGitLab(repo: ScannedRepo, env: Env): Promise<ForgePull[]> {
  const argv = ["glab", "mr", "list", "--all", "--per-page", "100", "--output", "json"];
  const answer = await runProgram(
    argv,
    { dir: folderOf(repo), env },
    { timeoutMs: ASK_TIMEOUT_MS, cwd: folderOf(repo) },
  );
  return answer.code === 0 ? listOf(answer.out).flatMap(gitLabPull) : [];
}

function listOf(text: string): Record<string, unknown>[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((one) => typeof one === "object" && one !== null) : [];
  } catch {
    return [];
  }
}

const text = (value: unknown, max = 300): string => (typeof value === "string" ? value.slice(0, max) : "");
const time = (value: unknown): number | null => {
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isFinite(ms) ? ms : null;
};
const sha = (value: unknown): string => (/^[0-9a-f]{40,64}$/.test(text(value)) ? text(value) : "");
const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value > 0 && value < 1e9;

function gitHubPull(row: Record<string, unknown>): ForgePull[] {
  if (!isNumber(row.number)) return [];
  const state = row.state === "MERGED" ? "merged" : row.state === "CLOSED" ? "closed" : "open";
  const merge = row.mergeCommit as { oid?: unknown } | null | undefined;
  return [
    {
      number: row.number,
      url: text(row.url),
      title: text(row.title),
      state,
      branch: text(row.headRefName),
      headSha: sha(row.headRefOid),
      mergeSha: sha(merge?.oid),
      openedMs: time(row.createdAt),
      endedMs: time(row.mergedAt) ?? time(row.closedAt),
    },
  ];
}

function gitLabPull(row: Record<string, unknown>): ForgePull[] {
  if (!isNumber(row.iid)) return [];
  const state = row.state === "merged" ? "merged" : row.state === "closed" ? "closed" : "open";
  return [
    {
      number: row.iid,
      url: text(row.web_url),
      title: text(row.title),
      state,
      branch: text(row.source_branch),
      headSha: sha(row.sha),
      mergeSha: sha(row.squash_commit_sha) || sha(row.merge_commit_sha),
      openedMs: time(row.created_at),
      endedMs: time(row.merged_at) ?? time(row.closed_at),
    },
  ];
}

/** Heads of pull requests as the remote lists them, for commits that are known here. */
async function askRefs(db: Database, repo: ScannedRepo, env: Env): Promise<ForgePull[]> {
  const args = ["ls-remote", "--refs", "origin", "refs/pull/*/head", "refs/merge-requests/*/head"];
  const answer = await git({ dir: repo.commonDir, env }, args, { timeoutMs: ASK_TIMEOUT_MS });
  if (answer.code !== 0) return [];
  const known = db.query<{ one: number }, [number, string]>(
    "SELECT 1 AS one FROM commits WHERE repo_id = ? AND sha = ?",
  );
  const stored = db.query<
    {
      url: string;
      title: string;
      state: "open" | "closed" | "merged";
      branch: string;
      merge_sha: string;
      opened_ms: number | null;
      ended_ms: number | null;
    },
    [number, number]
  >(
    "SELECT url, title, state, branch, merge_sha, opened_ms, ended_ms FROM pull_requests WHERE repo_id = ? AND number = ?",
  );
  const pulls: ForgePull[] = [];
  for (const line of answer.out.split("\n").slice(0, 100_000)) {
    const match = /^([0-9a-f]{40,64})\trefs\/(?:pull|merge-requests)\/(\d{1,9})\/head$/.exec(line);
    const head = match?.[1];
    if (head === undefined || known.get(repo.id, head) === null) continue;
    const number = Number(match?.[2]);
    const row = stored.get(repo.id, number);
    pulls.push({
      number,
      url: row?.url ?? "",
      title: row?.title ?? "",
      state: row?.state ?? "open",
      branch: row?.branch ?? "",
      headSha: head,
      mergeSha: row?.merge_sha ?? "",
      openedMs: row?.opened_ms ?? null,
      endedMs: row?.ended_ms ?? null,
    });
  }
  return pulls;
}
