import { MARKER } from "./comment.ts";

/** How to reach a pull request of GitHub or of a server that speaks its API. */
export interface PullTarget {
  /** Base of the API: https, or http on this machine. */
  apiUrl: string;
  token: string;
  owner: string;
  repo: string;
  number: number;
  fetch?: typeof fetch;
  /** Waits before a retry, milliseconds; handed in by tests. */
  wait?: (ms: number) => Promise<void>;
}

/** What the forge answered with an error. */
export class ForgeError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const TIMEOUT_MS = 10_000;
const TRIES = 3;
const MAX_WAIT_MS = 30_000;
const MAX_PAGES = 20;
const NAME = /^[\w.-]{1,100}$/;

function baseOf({ apiUrl, owner, repo }: PullTarget): string {
  const url = new URL(apiUrl);
  const local = url.hostname === "127.0.0.1" || url.hostname === "localhost" || url.hostname === "[::1]";
  if (url.protocol !== "https:" && !(local && url.protocol === "http:"))
    throw new ForgeError(0, `the address of the API must begin with https:, but is ${apiUrl}`);
  if (!NAME.test(owner) || !NAME.test(repo))
    throw new ForgeError(0, `no repository is called ${JSON.stringify(`${owner}/${repo}`)}`);
  return `${apiUrl.replace(/\/+$/, "")}/repos/${owner}/${repo}`;
}

async function call(target: PullTarget, method: string, url: string, body?: object): Promise<Response> {
  const send = target.fetch ?? fetch;
  const wait = target.wait ?? ((ms: number) => new Promise((resolve) => setTimeout(resolve, ms)));
  for (let attempt = 1; ; attempt++) {
    let answer: Response | null = null;
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
          "user-agent": "cc-ledger",
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      trouble = error instanceof Error ? error.name : "unknown";
    }
    if (answer?.ok) return answer;
    const status = answer?.status ?? 0;
    const limited = status === 429 || (status === 403 && answer?.headers.get("retry-after") !== null);
    if (attempt < TRIES && (answer === null || status >= 500 || limited)) {
      const seconds = Number(answer?.headers.get("retry-after") ?? 2 ** attempt / 2);
      await wait(Math.min(MAX_WAIT_MS, (Number.isFinite(seconds) ? seconds : 1) * 1000));
      continue;
    }
    const path = new URL(url).pathname;
    throw new ForgeError(
      status,
      answer === null ? `no answer to ${method} ${path}: ${trouble}` : `${method} ${path} was answered with ${status}`,
    );
  }
}

/** All pages of a list; only addresses of the same origin are followed. */
async function pages(target: PullTarget, first: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let url: string | null = first;
  for (let page = 0; url !== null && page < MAX_PAGES; page++) {
    const answer: Response = await call(target, "GET", url);
    const list: unknown = await answer.json();
    if (Array.isArray(list)) items.push(...list.filter((one) => typeof one === "object" && one !== null));
    const next: string | undefined = /<([^>]+)>;\s*rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
    url =
      next !== undefined && new URL(next, first).origin === new URL(first).origin ? new URL(next, first).href : null;
  }
  return items;
}

/** Keeps one comment up to date: the one that begins with the marker and that this token may write. Answers what was done. Throws a
 *  {@link ForgeError}, which never holds the token. */
export async function upsertComment(target: PullTarget, body: string): Promise<"created" | "updated" | "unchanged"> {
  const base = baseOf(target);
  const comments = await pages(target, `${base}/issues/${target.number}/comments?per_page=100`);
  const own = comments.find((one) => typeof one.body === "string" && one.body.startsWith(MARKER));
  if (own !== undefined && typeof own.id === "number") {
    if (own.body === body) return "unchanged";
    try {
      await call(target, "PATCH", `${base}/issues/comments/${own.id}`, { body });
      return "updated";
    } catch (error) {
      // Anybody may begin a comment with the marker: one that is not ours is left alone.
      if (!(error instanceof ForgeError) || error.status !== 404) throw error;
    }
  }
  await call(target, "POST", `${base}/issues/${target.number}/comments`, { body });
  return "created";
}
