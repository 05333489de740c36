import { buildCommand, buildRouteMap } from "@stricli/core";
import type { Context } from "./context.ts";

export interface NotifyFlags {
  json: boolean;
}

export interface SendFlags extends NotifyFlags {
  background: boolean;
}

const json = { kind: "boolean", brief: "print JSON", default: false, withNegated: false } as const;

const status = buildCommand<NotifyFlags, [], Context>({
  docs: { brief: "where alerts go, which of them wait, and which were given up" },
  parameters: { flags: { json } },
  loader: async () => (await import("./run/notify.ts")).status,
});

const test = buildCommand<NotifyFlags, [], Context>({
  docs: { brief: "send a test message to the desktop and the webhook, and say what came of it" },
  parameters: { flags: { json } },
  loader: async () => (await import("./run/notify.ts")).test,
});

const send = buildCommand<SendFlags, [], Context>({
  docs: { brief: "send what waits now, without waiting for the next attempt" },
  parameters: {
    flags: {
      background: {
        kind: "boolean",
        brief: "say nothing, and keep to the pauses",
        default: false,
        withNegated: false,
        hidden: true,
      },
      json,
    },
  },
  loader: async () => (await import("./run/notify.ts")).send,
});

export const notify = buildRouteMap({
  routes: { status, test, send },
  defaultCommand: "status",
  docs: { brief: "alerts on the desktop and at a webhook: where they go, a test, what waits" },
});
