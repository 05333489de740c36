import { buildCommand, buildRouteMap } from "@stricli/core";
import type { Context } from "./context.ts";
import { filterFlags } from "./flags.ts";

export interface GuardFlags {
  json: boolean;
}

export interface AllowFlags extends GuardFlags {
  for?: string;
  revoke: boolean;
}

export interface ReplayFlags extends GuardFlags {
  since?: string;
  until?: string;
  timezone?: string;
  top?: number;
}

const json = { kind: "boolean", brief: "print JSON", default: false, withNegated: false } as const;
const text = (value: string): string => value;
const session = {
  kind: "tuple",
  parameters: [{ parse: text, brief: "session, or the start of its id", placeholder: "session", optional: true }],
} as const;

const status = buildCommand<GuardFlags, [], Context>({
  docs: { brief: "whether the guard watches, by which rules, what is usual for you, and who has leave to go on" },
  parameters: { flags: { json } },
  loader: async () => (await import("./run/guard.ts")).status,
});

const allow = buildCommand<AllowFlags, [string?], Context>({
  docs: {
    brief: "let a session go on beyond hard limits (default: the one that was held up last)",
  },
  parameters: {
    flags: {
      for: {
        kind: "parsed",
        parse: text,
        brief: "for so long: 30m, 1h, 2d (default: for good)",
        optional: true,
        placeholder: "time",
      },
      revoke: { kind: "boolean", brief: "take the leave back", default: false, withNegated: false },
      json,
    },
    positional: session,
  },
  loader: async () => (await import("./run/guard.ts")).allow,
});

const off = buildCommand<GuardFlags, [], Context>({
  docs: { brief: "switch the guard off: no rule, no warning, nothing held up" },
  parameters: { flags: { json } },
  loader: async () => (await import("./run/guard.ts")).off,
});

const on = buildCommand<GuardFlags, [], Context>({
  docs: { brief: "switch the guard on again" },
  parameters: { flags: { json } },
  loader: async () => (await import("./run/guard.ts")).on,
});

const explain = buildCommand<GuardFlags & { timezone?: string }, [string], Context>({
  docs: { brief: "what the guard said of a session, and what it measures it against" },
  parameters: {
    flags: { json, timezone: filterFlags.timezone },
    positional: {
      kind: "tuple",
      parameters: [{ parse: text, brief: "session, or the start of its id", placeholder: "session" }],
    },
  },
  loader: async () => (await import("./run/guardHistory.ts")).explain,
});

const replay = buildCommand<ReplayFlags, [], Context>({
  docs: { brief: "what the guard would have said of the history, and what heeding it could have saved" },
  parameters: {
    flags: {
      since: filterFlags.since,
      until: filterFlags.until,
      timezone: filterFlags.timezone,
      top: filterFlags.top,
      json,
    },
  },
  loader: async () => (await import("./run/guardHistory.ts")).replay,
});

export const guard = buildRouteMap({
  routes: { status, allow, off, on, explain, replay },
  defaultCommand: "status",
  docs: { brief: "the guard against runaway sessions: rules, leave to go on, what it said and would have said" },
});

export const alerts = buildCommand<Omit<ReplayFlags, "until">, [string?], Context>({
  docs: { brief: "what the guard said, the newest first" },
  parameters: {
    flags: { since: filterFlags.since, timezone: filterFlags.timezone, top: filterFlags.top, json },
    positional: session,
  },
  loader: async () => (await import("./run/guardHistory.ts")).alerts,
});
