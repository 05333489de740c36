import type { Sitting } from "../sitting.ts";
import type { Kind } from "../truth.ts";
import { CONTEXT_THRASH } from "./contextThrash.ts";
import { FAN_OUT } from "./fanOut.ts";
import { NEAR_IDENTICAL } from "./nearIdentical.ts";
import { REPETITION } from "./repetition.ts";
import { Run, type Story, type Usual } from "./run.ts";
import { BURN_NANO_USD, BURNS, UNATTENDED } from "./unattended.ts";

const STORIES: Readonly<Record<Kind, Readonly<Record<string, Story>>>> = {
  repetition: REPETITION,
  nearIdentical: NEAR_IDENTICAL,
  fanOut: FAN_OUT,
  contextThrash: CONTEXT_THRASH,
  unattended: UNATTENDED,
};

/** Plays a session that begins like any other and then runs away. */
export function runAway(sitting: Sitting, kind: Kind, usual: Usual): { variant: string; beganMs: number } {
  const { draw } = sitting.session;
  for (let left = draw.int(0, 3); left > 0; left--) sitting.prompt();
  // Money that burns fast does so by the person's own measure, or it is none of this.
  const hot = usual.tenMinutesNanoUsd * 3 <= BURN_NANO_USD;
  const stories = kind === "unattended" && hot ? { ...UNATTENDED, ...BURNS } : STORIES[kind];
  const variant = draw.pick(Object.keys(stories));
  const story = stories[variant];
  if (story === undefined) throw new Error(`no story of ${variant}`);
  const run = new Run(sitting, usual.sessionNanoUsd);
  const inside = (kind === "repetition" || kind === "nearIdentical") && draw.chance(0.25);
  if (inside) run.inAgent(story);
  else story(run);
  if (draw.chance(0.7)) sitting.thread.interrupted();
  return { variant: inside ? `${variant}, in a sub-agent` : variant, beganMs: run.beganMs };
}
