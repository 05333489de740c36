import type { Setting } from "../ledger/config.ts";
import { UserError } from "../platform/errors.ts";
import { RULE_NAMES, type RuleName } from "./types.ts";

/** The rules of the guard: what each looks for, from which figure on, and what it does then. docs/guard.md explains them. */

/** What a rule does when it finds something: nothing, say so, or hold up the next call as well. */
export const ACTIONS = ["warn", "deny", "off"] as const;
export type Action = (typeof ACTIONS)[number];

interface Knob {
  brief: string;
  usual: number;
  least: number;
  most: number;
}

interface Rule {
  brief: string;
  knobs: Record<string, Knob>;
}

/** The figures from which on each rule speaks. A person changes them with `config guard.RULE.KNOB VALUE`. */
export const RULES = {
  "prompt-cost": {
    brief: "a prompt that costs far more than one's own",
    knobs: {
      times: { brief: "times the dearest ordinary prompt so far, at the least", usual: 20, least: 1, most: 1000 },
    },
  },
  "session-cost": {
    brief: "a session that costs far more than one's own",
    knobs: {
      times: { brief: "times the dearest ordinary session so far, at the least", usual: 2, least: 1, most: 1000 },
    },
  },
  "burn-rate": {
    brief: "money going faster than it ever did",
    knobs: {
      times: {
        brief: "times the fastest ten minutes of ordinary sessions, at the least",
        usual: 2,
        least: 1,
        most: 1000,
      },
    },
  },
  "fan-out": {
    brief: "many sub-agents at once, in one prompt, or nested deep",
    knobs: {
      running: { brief: "sub-agents at work within two minutes", usual: 20, least: 2, most: 10_000 },
      started: { brief: "sub-agents started by one prompt", usual: 30, least: 2, most: 100_000 },
      depth: { brief: "sub-agents below sub-agents, levels", usual: 4, least: 2, most: 100 },
    },
  },
  repetition: {
    brief: "the same few tool calls, or the same error, again and again",
    knobs: {
      calls: {
        brief: "calls in a row that were nearly all made before, nothing written",
        usual: 80,
        least: 4,
        most: 1000,
      },
      share: { brief: "what they must have cost, in medians of a session of yours", usual: 1.5, least: 0, most: 1000 },
      errors: { brief: "the same error, nothing written and no success in between", usual: 12, least: 3, most: 1000 },
    },
  },
  loop: {
    brief: "calls that differ from earlier ones in nothing but numbers",
    knobs: {
      calls: { brief: "such calls in a row, nothing written", usual: 80, least: 6, most: 1000 },
      share: { brief: "what they must have cost, in medians of a session of yours", usual: 1, least: 0, most: 1000 },
    },
  },
  thrash: {
    brief: "a context that is cached anew again and again, or compacted again and again",
    knobs: {
      rewrites: { brief: "rewrites of most of the context among ten calls", usual: 5, least: 2, most: 10 },
      compactions: { brief: "compactions among sixty calls", usual: 8, least: 2, most: 60 },
    },
  },
  unattended: {
    brief: "hours of calls since a person last said anything",
    knobs: { hours: { brief: "hours of work without a longer pause", usual: 6, least: 0.25, most: 1000 } },
  },
} as const satisfies Record<RuleName, Rule>;

/** Settings that the guard works by: actions by rule, and figures by `rule.knob`. */
export interface GuardConfig {
  enabled: boolean;
  actions: Record<RuleName, Action>;
  figure(rule: RuleName, knob: string): number;
}

const PREFIX = "guard.";

/** Settings of the guard, for `config`. Hooks do without. */
export function guardSettings(): readonly Setting[] {
  return [
    {
      key: "guard.enabled",
      brief: "whether the guard looks at all: true or false",
      check: (value) => oneOf(value, ["true", "false"]),
    },
    ...RULE_NAMES.flatMap((name): Setting[] => [
      {
        key: `${PREFIX}${name}`,
        brief: `${RULES[name].brief}: ${ACTIONS.join(", ")} (warn)`,
        check: (value) => oneOf(value, ACTIONS),
      },
      ...Object.entries<Knob>(RULES[name].knobs).map(([knob, { brief, usual, least, most }]) => ({
        key: `${PREFIX}${name}.${knob}`,
        brief: `${brief} (${usual})`,
        check: (value: string) => numberWithin(value, least, most),
      })),
    ]),
  ];
}

function oneOf(value: string, known: readonly string[]): string {
  if (!known.includes(value)) throw new UserError(`it is one of ${known.join(", ")}, not ${JSON.stringify(value)}`);
  return value;
}

function numberWithin(value: string, least: number, most: number): string {
  const number = value.trim() === "" ? Number.NaN : Number(value);
  if (!(number >= least && number <= most))
    throw new UserError(`it is a number from ${least} to ${most}, not ${JSON.stringify(value)}`);
  return String(number);
}

/** Reads the guard's settings from what is set: `read` answers a setting's value or null. A value that an older program left and this one
 *  does not take counts as not set. */
export function guardConfig(read: (key: string) => string | null): GuardConfig {
  const actions = Object.fromEntries(
    RULE_NAMES.map((name) => {
      const value = read(`${PREFIX}${name}`) as Action | null;
      return [name, value !== null && ACTIONS.includes(value) ? value : "warn"];
    }),
  ) as Record<RuleName, Action>;
  return {
    enabled: read("guard.enabled") !== "false",
    actions,
    figure: (rule, knob) => {
      const { usual, least, most } = (RULES[rule].knobs as Record<string, Knob>)[knob] as Knob;
      const value = Number(read(`${PREFIX}${rule}.${knob}`) ?? usual);
      return value >= least && value <= most ? value : usual;
    },
  };
}
