import { messageOf } from "../platform/errors.ts";
import { VERSION } from "../version.ts";
import type { Webhook } from "./channels.ts";

/** One post to the webhook, and what its answer means. */

/** How an attempt ended. `retry`: it may work later; `refused`: it will not get better by itself. */
export type Outcome =
  | { kind: "delivered"; status: number }
  | { kind: "retry"; status: number | null; reason: string; afterMs: number | null }
  | { kind: "refused"; status: number; reason: string };

/** The network and the clock, handed in. */
export interface PostWorld {
  fetch: (url: URL, init: RequestInit) => Promise<Response>;
  now: () => number;
  timeoutMs: number;
}

/** A webhook that has not answered by then is tried again later. Milliseconds. */
export const ANSWER_MS = 5_000;
const MAX_HOPS = 3;
/** A receiver cannot ask for a longer pause than this. Milliseconds. */
const MAX_PAUSE_MS = 24 * 3_600_000;

/** `v0=` and the HMAC-SHA256 of `v0:<timestamp>:<body>` in hex, as Slack signs. `timestamp` is in seconds. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `v0=${new Bun.CryptoHasher("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
}

/** Posts a body. Redirects are followed to the same host only, and only those that keep the post a post. What the receiver writes back is
 *  not read. */
export async function post(
  webhook: Webhook,
  message: { delivery: string; body: string },
  world: PostWorld,
): Promise<Outcome> {
  const timestamp = String(Math.floor(world.now() / 1000));
  const headers: Record<string, string> = {
    "content-type": "application/json; charset=utf-8",
    "user-agent": `cc-ledger/${VERSION}`,
    "x-cc-ledger-delivery": message.delivery,
    "x-cc-ledger-timestamp": timestamp,
  };
  if (webhook.secret !== null) headers["x-cc-ledger-signature"] = signatureOf(webhook.secret, timestamp, message.body);
  const signal = AbortSignal.timeout(world.timeoutMs);
  let url = webhook.url;
  let status = 0;
  try {
    for (let hop = 0; hop <= MAX_HOPS; hop++) {
      const response = await world.fetch(url, {
        method: "POST",
        headers,
        body: message.body,
        redirect: "manual",
        signal,
      });
      await response.body?.cancel();
      status = response.status;
      const next = redirectOf(response, url);
      if (next === null) return outcomeOf(response, world.now());
      if (typeof next === "string") return { kind: "refused", status, reason: next };
      url = next;
    }
    return { kind: "refused", status, reason: `more than ${MAX_HOPS} redirects` };
  } catch (error) {
    const reason = signal.aborted
      ? `no answer within ${world.timeoutMs / 1000} s`
      : `cannot be reached (${codeOf(error)})`;
    return { kind: "retry", status: null, reason, afterMs: null };
  }
}

/** Where a redirect leads to, why it is not followed, or null where there is none. */
function redirectOf(response: Response, from: URL): URL | string | null {
  const { status } = response;
  if (status < 300 || status > 399) return null;
  const location = response.headers.get("location") ?? "";
  if (!URL.canParse(location, from)) return `${status} without an address to go to`;
  const to = new URL(location, from);
  if (to.origin !== from.origin) return `${status} redirects to ${to.origin}, which is not followed`;
  if (status !== 307 && status !== 308) return `${status} redirects and would drop what is posted`;
  return to;
}

function outcomeOf({ status, headers }: Response, nowMs: number): Outcome {
  if (status >= 200 && status <= 299) return { kind: "delivered", status };
  if (status === 408 || status === 429 || status >= 500)
    return { kind: "retry", status, reason: `answered ${status}`, afterMs: pauseOf(headers.get("retry-after"), nowMs) };
  return { kind: "refused", status, reason: `answered ${status}` };
}

/** `Retry-After` in milliseconds from now: seconds, or a date. Null where it says neither. */
function pauseOf(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  const pause = /^\d{1,9}$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isNaN(pause) ? null : Math.min(MAX_PAUSE_MS, Math.max(0, pause));
}

/** Why a connection failed, in a word where the runtime has one: its sentences may hold the address. */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : messageOf(error).slice(0, 100);
}
