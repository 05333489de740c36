import type { Rule } from "../types.ts";
import { cacheLifetime } from "./cacheLifetime.ts";
import { cacheMisses } from "./cacheMisses.ts";
import { coldRestarts } from "./coldRestarts.ts";
import { dearModel } from "./dearModel.ts";
import { giantResults } from "./giantResults.ts";
import { rereads } from "./rereads.ts";
import { retries } from "./retries.ts";
import { runawayPrompts } from "./runawayPrompts.ts";

/** Every rule of `optimize`; docs/optimize.md says what each looks for. */
export const RULES: readonly Rule[] = [
  dearModel,
  rereads,
  retries,
  giantResults,
  runawayPrompts,
  coldRestarts,
  cacheMisses,
  cacheLifetime,
];
