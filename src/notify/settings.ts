import type { Setting } from "../ledger/config.ts";
import { UserError } from "../platform/errors.ts";

/** Settings of delivery. Nothing leaves this machine before `notify.webhook` is set. */

const MAX_SECRET = 500;
const MAX_URL = 2_000;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

export const NOTIFY_SETTINGS: readonly Setting[] = [
  {
    key: "notify.desktop",
    brief: "show alerts on the desktop, where there is one: true or false (true)",
    check: truth,
  },
  {
    key: "notify.webhook",
    brief: "address that alerts are posted to, in the shape that Slack takes",
    check: (value) => webhookUrl(value).href,
    shown: maskedUrl,
  },
  {
    key: "notify.webhook_secret",
    brief: "key that signs what is posted (docs/notifications.md)",
    check: secret,
    shown: () => "(hidden)",
  },
  {
    key: "notify.details",
    brief: "name the session's title and folder in what is posted: true or false (false)",
    check: truth,
  },
];

function truth(value: string): string {
  if (value !== "true" && value !== "false") throw new UserError(`it is true or false, not ${JSON.stringify(value)}`);
  return value;
}

function secret(value: string): string {
  if (value.length < 8 || value.length > MAX_SECRET || /[\r\n]/.test(value))
    throw new UserError(`a secret has 8 to ${MAX_SECRET} characters in one line`);
  return value;
}

/** The address of a webhook. Throws a {@link UserError} for one that is not https (plain http only reaches this machine), and for one with
 *  a name and a password in it. */
export function webhookUrl(value: string): URL {
  const url = value.length <= MAX_URL && URL.canParse(value) ? new URL(value) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw new UserError("notify.webhook is no web address", "It looks like https://hooks.slack.com/services/...");
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname))
    throw new UserError(
      `notify.webhook must be https: ${url.host} is another machine, and others could read along`,
      "Plain http is taken only for 127.0.0.1, [::1] and localhost.",
    );
  if (url.username !== "" || url.password !== "")
    throw new UserError(
      "notify.webhook must not hold a name and a password",
      "notify.webhook_secret signs what is sent, so the receiver can tell who sent it.",
    );
  url.hash = "";
  return url;
}

/** A webhook's address as it may be shown: whoever knows the rest can post there. */
export function maskedUrl(value: string): string {
  if (!URL.canParse(value)) return "(hidden)";
  const { origin, pathname, search } = new URL(value);
  return pathname === "/" && search === "" ? origin : `${origin}/...`;
}
