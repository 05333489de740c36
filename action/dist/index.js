// action/src/index.ts
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

// src/forge/comment.ts
var MARKER = "<!-- cc-ledger -->";
var MAX_CELL = 80;
function escapeMarkdown(text) {
  const plain = [...text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")].slice(0, MAX_CELL).join("");
  return plain.replace(/[^\p{L}\p{N} .,:;%$+/=?-]/gu, (char) => `&#${char.codePointAt(0)};`).replace(/:\/\//g, ":&#47;&#47;").replace(/www\./gi, "www&#46;");
}
function dollars(nano) {
  if (nano === 0)
    return "$0.00";
  if (nano < 1e5)
    return "&lt;$0.0001";
  if (nano < 1e7)
    return `$${(Math.round(nano / 1e5) / 1e4).toFixed(4)}`;
  const cents = Math.round(nano / 1e7);
  return `$${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
}
function count(value) {
  if (value < 1e4)
    return String(value);
  return value < 1e7 ? `${(value / 1000).toFixed(1)}K` : `${(value / 1e6).toFixed(1)}M`;
}
function renderComment(input) {
  const sessions = input.notes.flatMap(({ note }) => note.sessions);
  const cost = sessions.reduce((sum, one) => sum + one.costNanoUsd, 0);
  const tokens = sessions.reduce((sum, one) => sum + Object.values(one.tokens).reduce((all, value) => all + value, 0), 0);
  const agent = input.notes.reduce((sum, { note }) => sum + note.lines.agent, 0);
  const share = input.linesAdded > 0 ? ` (${Math.min(100, Math.round(100 * agent / input.linesAdded))} % of the diff)` : "";
  const ratio = input.medianNanoUsd !== null && input.medianNanoUsd > 0 ? ` (${(cost / input.medianNanoUsd).toFixed(1)} x the median)` : "";
  const keys = new Set(sessions.map((one) => one.key)).size;
  const rows = [
    ["Cost", `**${dollars(cost)}**${ratio}`],
    ["Sessions", String(keys)],
    ["Tokens", count(tokens)],
    ["Lines by agents", `${count(agent)}${share}`],
    ["Commits", `${input.notes.length + input.commitsWithoutNote}, ${input.notes.length} of them with a note`],
    [
      "Models",
      [...new Set(sessions.flatMap((one) => one.models))].sort().slice(0, 20).map(escapeMarkdown).join(", ") || "none"
    ]
  ];
  const missing = input.commitsWithoutNote === 0 ? "" : `
${input.commitsWithoutNote} commits carry no note: no agent worked on them, or its ledger did not write one.
`;
  return `${MARKER}
### What this pull request cost

| | |
|---|---|
${rows.map(([name, value]) => `| ${name} | ${value} |`).join(`
`)}
${missing}`;
}

// src/forge/github.ts
class ForgeError extends Error {
  status;
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}
var TIMEOUT_MS = 1e4;
var TRIES = 3;
var MAX_WAIT_MS = 30000;
var MAX_PAGES = 20;
var NAME = /^[\w.-]{1,100}$/;
function baseOf({ apiUrl, owner, repo }) {
  const url = new URL(apiUrl);
  const local = url.hostname === "127.0.0.1" || url.hostname === "localhost" || url.hostname === "[::1]";
  if (url.protocol !== "https:" && !(local && url.protocol === "http:"))
    throw new ForgeError(0, `the address of the API must begin with https:, but is ${apiUrl}`);
  if (!NAME.test(owner) || !NAME.test(repo))
    throw new ForgeError(0, `no repository is called ${JSON.stringify(`${owner}/${repo}`)}`);
  return `${apiUrl.replace(/\/+$/, "")}/repos/${owner}/${repo}`;
}
async function call(target, method, url, body) {
  const send = target.fetch ?? fetch;
  const wait = target.wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  for (let attempt = 1;; attempt++) {
    let answer = null;
    let trouble = "";
    try {
      answer = await send(url, {
        method,
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          authorization: `Bearer ${target.token}`,
          accept: "application/vnd.github+json",
          "content-type": "application/json",
          "user-agent": "cc-ledger"
        },
        ...body === undefined ? {} : { body: JSON.stringify(body) }
      });
    } catch (error) {
      trouble = error instanceof Error ? error.name : "unknown";
    }
    if (answer?.ok)
      return answer;
    const status = answer?.status ?? 0;
    const limited = status === 429 || status === 403 && answer?.headers.get("retry-after") !== null;
    if (attempt < TRIES && (answer === null || status >= 500 || limited)) {
      const seconds = Number(answer?.headers.get("retry-after") ?? 2 ** attempt / 2);
      await wait(Math.min(MAX_WAIT_MS, (Number.isFinite(seconds) ? seconds : 1) * 1000));
      continue;
    }
    const path = new URL(url).pathname;
    throw new ForgeError(status, answer === null ? `no answer to ${method} ${path}: ${trouble}` : `${method} ${path} was answered with ${status}`);
  }
}
async function pages(target, first) {
  const items = [];
  let url = first;
  for (let page = 0;url !== null && page < MAX_PAGES; page++) {
    const answer = await call(target, "GET", url);
    const list = await answer.json();
    if (Array.isArray(list))
      items.push(...list.filter((one) => typeof one === "object" && one !== null));
    const next = /<([^>]+)>;\s*rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
    url = next !== undefined && new URL(next, first).origin === new URL(first).origin ? new URL(next, first).href : null;
  }
  return items;
}
async function upsertComment(target, body) {
  const base = baseOf(target);
  const comments = await pages(target, `${base}/issues/${target.number}/comments?per_page=100`);
  const own = comments.find((one) => typeof one.body === "string" && one.body.startsWith(MARKER));
  if (own !== undefined && typeof own.id === "number") {
    if (own.body === body)
      return "unchanged";
    try {
      await call(target, "PATCH", `${base}/issues/comments/${own.id}`, { body });
      return "updated";
    } catch (error) {
      if (!(error instanceof ForgeError) || error.status !== 404)
        throw error;
    }
  }
  await call(target, "POST", `${base}/issues/${target.number}/comments`, { body });
  return "created";
}

// src/forge/note.ts
var MAX_SESSIONS = 200;
var MAX_COUNT = 1000000000000000;
var MAX_NOTE = 1 << 20;
function parseNote(text) {
  if (text.length > MAX_NOTE)
    return null;
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const note = fieldsOf(value);
  if (note === null || note.version !== 1 || !Array.isArray(note.sessions) || note.sessions.length > MAX_SESSIONS)
    return null;
  const sessions = note.sessions.map(sessionOf);
  const lines = fieldsOf(note.lines);
  const added = countOf(lines?.added);
  const agent = countOf(lines?.agent);
  if (added === null || agent === null || !sessions.every((one) => one !== null))
    return null;
  return {
    version: 1,
    tool: typeof note.tool === "string" ? note.tool.slice(0, 60) : "",
    sessions,
    lines: { added, agent }
  };
}
function sessionOf(value) {
  const fields = fieldsOf(value);
  const tokens = fieldsOf(fields?.tokens);
  if (fields === null || tokens === null || !Array.isArray(fields.models) || fields.models.length > 50)
    return null;
  if (typeof fields.key !== "string" || !/^[0-9a-f]{16}$/.test(fields.key) || typeof fields.agent !== "string")
    return null;
  const [input, output, cacheRead, cacheWrite5m, cacheWrite1h, costNanoUsd] = [
    tokens.input,
    tokens.output,
    tokens.cacheRead,
    tokens.cacheWrite5m,
    tokens.cacheWrite1h,
    fields.costNanoUsd
  ].map(countOf);
  if (input == null || output == null || cacheRead == null || cacheWrite5m == null || cacheWrite1h == null)
    return null;
  if (costNanoUsd == null || !fields.models.every((model) => typeof model === "string"))
    return null;
  return {
    key: fields.key,
    agent: fields.agent.slice(0, 60),
    models: fields.models.map((model) => model.slice(0, 120)),
    tokens: { input, output, cacheRead, cacheWrite5m, cacheWrite1h },
    costNanoUsd
  };
}
function fieldsOf(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
}
function countOf(value) {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= MAX_COUNT ? value : null;
}

// action/src/index.ts
var run = promisify(execFile);
var SHA = /^[0-9a-f]{40,64}$/;
async function git(args) {
  const options = {
    maxBuffer: 64 << 20,
    timeout: 60000,
    env: { ...process.env, GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" }
  };
  return (await run("git", args, options)).stdout;
}
var input = (name, otherwise) => process.env[`INPUT_${name.toUpperCase()}`]?.trim() || otherwise;
var quoted = (text) => text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
function readEvent() {
  const event = JSON.parse(readFileSync(process.env.GITHUB_EVENT_PATH ?? "", "utf8"));
  const pull = event.pull_request;
  const [owner = "", repo = ""] = (process.env.GITHUB_REPOSITORY ?? "").split("/");
  const base = String(pull?.base?.sha ?? "");
  const head = String(pull?.head?.sha ?? "");
  if (typeof pull?.number !== "number" || !SHA.test(base) || !SHA.test(head))
    throw new Error("this action runs on pull_request events only");
  return { number: pull.number, base, head, owner, repo };
}
async function noteOf(ref, sha) {
  try {
    return parseNote(await git(["notes", `--ref=${ref}`, "show", sha]));
  } catch {
    return null;
  }
}
async function addedLines(base, head) {
  const text = await git(["diff", "--numstat", `${base}...${head}`, "--"]);
  return text.split(`
`).reduce((sum, line) => sum + (Number(line.split("\t")[0]) || 0), 0);
}
async function medianBefore(ref, base, limit) {
  const text = await git(["log", "--first-parent", `--max-count=${limit * 4}`, "--format=%H%x09%P%x09%s", base, "--"]);
  const costs = [];
  for (const line of text.split(`
`)) {
    const [sha = "", parents = "", subject = ""] = line.split("\t");
    if (!SHA.test(sha) || !/^Merge pull request #\d+ |\(#\d+\)\s*$/.test(subject))
      continue;
    const [first, second] = parents.split(" ");
    const shas = second === undefined ? [sha] : (await git(["rev-list", "--max-count=200", `${first}..${second}`, "--"])).split(`
`).filter((one) => SHA.test(one));
    let cost = 0;
    for (const one of shas)
      for (const session of (await noteOf(ref, one))?.sessions ?? [])
        cost += session.costNanoUsd;
    if (cost > 0)
      costs.push(cost);
    if (costs.length >= limit)
      break;
  }
  if (costs.length < 3)
    return null;
  costs.sort((a, b) => a - b);
  const middle = costs.length >> 1;
  return costs.length % 2 === 1 ? costs[middle] ?? null : ((costs[middle - 1] ?? 0) + (costs[middle] ?? 0)) / 2;
}
async function main() {
  const pull = readEvent();
  const ref = input("notes-ref", "refs/notes/cc-ledger");
  if (!/^refs\/notes\/[\w./-]{1,100}$/.test(ref) || ref.includes(".."))
    throw new Error("notes-ref must name a ref below refs/notes/");
  await git(["fetch", "--quiet", "origin", `+${ref}:${ref}`]).catch(() => console.log(`no notes at ${ref} yet`));
  const shas = (await git(["rev-list", "--no-merges", "--max-count=1000", `${pull.base}..${pull.head}`, "--"])).split(`
`).filter((sha) => SHA.test(sha));
  const found = await Promise.all(shas.map(async (sha) => ({ sha, note: await noteOf(ref, sha) })));
  const notes = found.flatMap(({ sha, note }) => note === null ? [] : [{ sha, note }]);
  const limit = Math.min(200, Math.max(3, Number(input("base-for-median", "50")) || 50));
  const body = renderComment({
    notes,
    commitsWithoutNote: shas.length - notes.length,
    linesAdded: await addedLines(pull.base, pull.head),
    medianNanoUsd: await medianBefore(ref, pull.base, limit)
  });
  const target = { apiUrl: process.env.GITHUB_API_URL || "https://api.github.com", token: input("token", ""), ...pull };
  try {
    console.log(`comment ${await upsertComment(target, body)}`);
  } catch (error) {
    if (!(error instanceof ForgeError) || error.status !== 403)
      throw error;
    console.log(`::warning::${quoted(`cc-ledger may not write a comment here: ${error.message}`)}`);
  }
}
main().catch((error) => {
  console.log(`::error::${quoted(error instanceof Error ? error.message : String(error))}`);
  process.exitCode = 1;
});
