/** GitHub Action: reads the notes of a pull request's commits and keeps one comment about their cost up to date. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { renderComment } from "../../src/forge/comment.ts";
import { ForgeError, upsertComment } from "../../src/forge/github.ts";
import { type CommitNote, parseNote } from "../../src/forge/note.ts";

const run = promisify(execFile);
const SHA = /^[0-9a-f]{40,64}$/;

async function git(args: string[]): Promise<string> {
  const options = {
    maxBuffer: 64 << 20,
    timeout: 60_000,
    env: { ...process.env, GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" },
  };
  return (await run("git", args, options)).stdout;
}

const input = (name: string, otherwise: string): string =>
  process.env[`INPUT_${name.toUpperCase()}`]?.trim() || otherwise;

/** Text for a workflow command: what the runner would take for a command of its own is escaped. */
const quoted = (text: string): string => text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");

interface Pull {
  number: number;
  base: string;
  head: string;
  owner: string;
  repo: string;
}

function readEvent(): Pull {
  const event = JSON.parse(readFileSync(process.env.GITHUB_EVENT_PATH ?? "", "utf8")) as {
    pull_request?: { number?: unknown; base?: { sha?: unknown }; head?: { sha?: unknown } };
  };
  const pull = event.pull_request;
  const [owner = "", repo = ""] = (process.env.GITHUB_REPOSITORY ?? "").split("/");
  const base = String(pull?.base?.sha ?? "");
  const head = String(pull?.head?.sha ?? "");
  if (typeof pull?.number !== "number" || !SHA.test(base) || !SHA.test(head))
    throw new Error("this action runs on pull_request events only");
  return { number: pull.number, base, head, owner, repo };
}

async function noteOf(ref: string, sha: string): Promise<CommitNote | null> {
  try {
    return parseNote(await git(["notes", `--ref=${ref}`, "show", sha]));
  } catch {
    return null;
  }
}

async function addedLines(base: string, head: string): Promise<number> {
  const text = await git(["diff", "--numstat", `${base}...${head}`, "--"]);
  return text.split("\n").reduce((sum, line) => sum + (Number(line.split("\t")[0]) || 0), 0);
}

/** Median cost of what was merged before: commits that the subjects on the way to the base group by pull request. */
async function medianBefore(ref: string, base: string, limit: number): Promise<number | null> {
  const text = await git(["log", "--first-parent", `--max-count=${limit * 4}`, "--format=%H%x09%P%x09%s", base, "--"]);
  const costs: number[] = [];
  for (const line of text.split("\n")) {
    const [sha = "", parents = "", subject = ""] = line.split("\t");
    if (!SHA.test(sha) || !/^Merge pull request #\d+ |\(#\d+\)\s*$/.test(subject)) continue;
    const [first, second] = parents.split(" ");
    const shas =
      second === undefined
        ? [sha]
        : (await git(["rev-list", "--max-count=200", `${first}..${second}`, "--"]))
            .split("\n")
            .filter((one) => SHA.test(one));
    let cost = 0;
    for (const one of shas) for (const session of (await noteOf(ref, one))?.sessions ?? []) cost += session.costNanoUsd;
    if (cost > 0) costs.push(cost);
    if (costs.length >= limit) break;
  }
  if (costs.length < 3) return null;
  costs.sort((a, b) => a - b);
  const middle = costs.length >> 1;
  return costs.length % 2 === 1 ? (costs[middle] ?? null) : ((costs[middle - 1] ?? 0) + (costs[middle] ?? 0)) / 2;
}

async function main(): Promise<void> {
  const pull = readEvent();
  const ref = input("notes-ref", "refs/notes/cc-ledger");
  if (!/^refs\/notes\/[\w./-]{1,100}$/.test(ref) || ref.includes(".."))
    throw new Error("notes-ref must name a ref below refs/notes/");
  await git(["fetch", "--quiet", "origin", `+${ref}:${ref}`]).catch(() => console.log(`no notes at ${ref} yet`));
  const shas = (await git(["rev-list", "--no-merges", "--max-count=1000", `${pull.base}..${pull.head}`, "--"]))
    .split("\n")
    .filter((sha) => SHA.test(sha));
  const found = await Promise.all(shas.map(async (sha) => ({ sha, note: await noteOf(ref, sha) })));
  const notes = found.flatMap(({ sha, note }) => (note === null ? [] : [{ sha, note }]));
  const limit = Math.min(200, Math.max(3, Number(input("base-for-median", "50")) || 50));
  const body = renderComment({
    notes,
    commitsWithoutNote: shas.length - notes.length,
    linesAdded: await addedLines(pull.base, pull.head),
    medianNanoUsd: await medianBefore(ref, pull.base, limit),
  });
  const target = { apiUrl: process.env.GITHUB_API_URL || "https://api.github.com", token: input("token", ""), ...pull };
  try {
    console.log(`comment ${await upsertComment(target, body)}`);
  } catch (error) {
    // A pull request from a fork has a token that may only read.
    if (!(error instanceof ForgeError) || error.status !== 403) throw error;
    console.log(`::warning::${quoted(`cc-ledger may not write a comment here: ${error.message}`)}`);
  }
}

main().catch((error: unknown) => {
  console.log(`::error::${quoted(error instanceof Error ? error.message : String(error))}`);
  process.exitCode = 1;
});
