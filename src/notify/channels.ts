import type { Env } from "../platform/paths.ts";
import { type Notifier, notifierFor } from "./desktop.ts";
import { webhookUrl } from "./settings.ts";

/** Where alerts go besides the agent's own screen. */
export interface Channels {
  desktop: Notifier | null;
  webhook: Webhook | null;
  /** Title and folder of the session may be told. */
  details: boolean;
}

export interface Webhook {
  url: URL;
  secret: string | null;
}

/** Reads the settings (`read` answers a value or null) and looks for a notifier. A webhook that this program would not take today, though an
 *  older one did, counts as not set. */
export function channelsOf(read: (key: string) => string | null, env: Env, platform: NodeJS.Platform): Channels {
  return {
    desktop: read("notify.desktop") === "false" ? null : notifierFor(platform, env),
    webhook: webhookOf(read),
    details: read("notify.details") === "true",
  };
}

function webhookOf(read: (key: string) => string | null): Webhook | null {
  const address = read("notify.webhook");
  if (address === null) return null;
  try {
    return { url: webhookUrl(address), secret: read("notify.webhook_secret") };
  } catch {
    return null;
  }
}
