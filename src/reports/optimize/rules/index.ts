import type { Rule } from "../types.ts";
import { cacheLifetime } from "./cacheLifetime.ts";
import { cacheMisses } from "./cacheMisses.ts";
import { coldRestarts } from "./coldRestarts.ts";
import { contextBloat } from "./contextBloat.ts";
import { dearModel } from "./dearModel.ts";
import { giantResults } from "./giantResults.ts";
import { idleServers } from "./idleServers.ts";
import { overhead } from "./overhead.ts";
import { rereads } from "./rereads.ts";
import { retries } from "./retries.ts";
import { runawayPrompts } from "./runawayPrompts.ts";

/** Every rule of `optimize`; docs/optimize.md says what each looks for. */
export const RULES: readonly Rule[] = [
  dearModel,
  contextBloat,
  coldRestarts,
  cacheMisses,
  cacheLifetime,
  overhead,
  idleServers,
  rereads,
  retries,
  giantResults,
  runawayPrompts,
];
