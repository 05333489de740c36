import { numberParser } from "@stricli/core";

/** Flags that reports share, in the words of `reports/filters.ts`. */

const text = (value: string): string => value;

/** How a report is printed. */
export interface OutputFlags {
  json: boolean;
  csv: boolean;
}

export const outputFlags = {
  json: { kind: "boolean", brief: "print JSON (docs/json.md)", default: false, withNegated: false },
  csv: { kind: "boolean", brief: "print CSV", default: false, withNegated: false },
} as const;

export const filterFlags = {
  since: {
    kind: "parsed",
    parse: text,
    brief: "from when: 7d, 24h, 4w, 6m, today, all or a date (default 30d)",
    optional: true,
    placeholder: "when",
  },
  until: { kind: "parsed", parse: text, brief: "up to and including when", optional: true, placeholder: "when" },
  timezone: {
    kind: "parsed",
    parse: text,
    brief: "zone in which days are cut (default: this machine's)",
    optional: true,
    placeholder: "zone",
  },
  repo: {
    kind: "parsed",
    parse: text,
    brief: "only this repo, by name or a part of it, or this product",
    optional: true,
    placeholder: "name",
  },
  branch: { kind: "parsed", parse: text, brief: "only this branch", optional: true, placeholder: "name" },
  model: {
    kind: "parsed",
    parse: text,
    brief: "only this model, by id or a part of it",
    optional: true,
    placeholder: "id",
  },
  agent: {
    kind: "parsed",
    parse: text,
    brief: "only this coding agent, or this type of sub-agent",
    optional: true,
    placeholder: "name",
  },
  top: { kind: "parsed", parse: numberParser, brief: "rows per table (default 20)", optional: true, placeholder: "n" },
} as const;

/** Fills in defaults of the config: the time zone, where none is given. */
export function withDefaults<F extends { timezone?: string | undefined }>(flags: F, timezone: string | null): F {
  return flags.timezone === undefined && timezone !== null ? { ...flags, timezone } : flags;
}
