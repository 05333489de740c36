import { batch, codemod, marathon, notebook } from "./batches.ts";
import { bisect, checkLoop, commit, feature, fix, publish, rebase, tune } from "./building.ts";
import type { Task } from "./desk.ts";
import { browse, explore, paging, queries, question, research, tickets } from "./reading.ts";
import { crew, relay, review, scouts } from "./teams.ts";
import { awaitTask, blocked, flaky, operate, pollChecks, pollJob, startServer } from "./waiting.ts";

/** Every piece of work that a prompt can ask for. */
export const TASKS = {
  question,
  explore,
  research,
  tickets,
  browse,
  paging,
  queries,
  fix,
  feature,
  check: checkLoop,
  commit,
  publish,
  rebase,
  bisect,
  tune,
  pollChecks,
  pollJob,
  startServer,
  awaitTask,
  flaky,
  blocked,
  operate,
  batch,
  codemod,
  notebook,
  marathon,
  scouts,
  review,
  crew,
  relay,
} as const satisfies Record<string, Task>;

type TaskName = keyof typeof TASKS;

/** How somebody works. */
export interface Persona {
  tasks: Partial<Record<TaskName, number>>;
  /** Median prompts of a session, and how much that varies. */
  prompts: number;
  spread: number;
  /** Sessions of a working day, on average. */
  daily: number;
  /** Median size of the work, and how much it varies from session to session. */
  size: number;
  sizeSpread: number;
  /** Chance that a session starts while another still runs. */
  parallel: number;
  /** By what the size of the work has grown at the end of the history. */
  growth: number;
  /** Sessions that nobody attends: scripts with a single prompt. */
  scripted: number;
}

const CODING = {
  question: 4,
  explore: 2,
  fix: 5,
  feature: 3,
  check: 1,
  commit: 1.5,
  publish: 0.7,
  rebase: 0.3,
  flaky: 0.4,
  blocked: 0.2,
};
const USUAL = { prompts: 3, spread: 0.8, daily: 2, size: 1, sizeSpread: 0.5, parallel: 0.15, growth: 1, scripted: 0 };

export const PERSONAS = {
  /** Builds features with tests, day in, day out. */
  builder: {
    ...USUAL,
    tasks: { ...CODING, startServer: 0.7, review: 0.3, scouts: 0.6, browse: 0.3, bisect: 0.15, tune: 0.2 },
  },
  /** Mostly tiny questions, and once in a while something big. */
  asker: {
    ...USUAL,
    tasks: { question: 14, explore: 1.5, fix: 1.5, research: 1, feature: 0.4, marathon: 0.35 },
    prompts: 1.8,
    size: 0.7,
    sizeSpread: 0.9,
  },
  /** Reads and analyses: long explorations, notebooks, queries, jobs that run for long. */
  analyst: {
    ...USUAL,
    tasks: { question: 3, explore: 5, queries: 3, notebook: 3, paging: 1, pollJob: 1.5, research: 2, batch: 1, fix: 1 },
  },
  /** Runs things: deployments, checks, servers, tickets. */
  operator: {
    ...USUAL,
    tasks: {
      question: 3,
      operate: 5,
      pollChecks: 3,
      flaky: 1.5,
      pollJob: 1,
      tickets: 1.5,
      paging: 0.8,
      fix: 2,
      awaitTask: 1.2,
      publish: 1,
    },
  },
  /** Hands everything to agents. */
  conductor: { ...USUAL, tasks: { ...CODING, scouts: 4, review: 3, crew: 2, relay: 2, marathon: 0.5 }, parallel: 0.3 },
  /** Gives long tasks and comes back later. */
  marathoner: {
    ...USUAL,
    tasks: { marathon: 4, feature: 4, codemod: 1.5, batch: 1, question: 2, review: 0.6, tune: 0.7, awaitTask: 0.5 },
    prompts: 2.2,
    size: 1.4,
    parallel: 0.4,
  },
  /** Maintains: batches, codemods, the linter, rebases. */
  gardener: {
    ...USUAL,
    tasks: { ...CODING, batch: 3, codemod: 2, check: 3, rebase: 1.2, bisect: 0.6, tickets: 1, pollChecks: 1 },
  },
  /** Builds for the browser and looks at every change there. */
  designer: { ...USUAL, tasks: { ...CODING, browse: 5, startServer: 1.5, research: 0.6, batch: 0.5 } },
  /** Began carefully and does more every week. */
  convert: {
    ...USUAL,
    tasks: { ...CODING, marathon: 0.6, scouts: 1.2, review: 0.5, crew: 0.4, batch: 0.5 },
    size: 0.5,
    growth: 4,
  },
  /** Scripts do half of the work: small prompts, every day, nobody there. */
  automator: {
    ...USUAL,
    tasks: { question: 3, fix: 4, tickets: 2, batch: 1.2, research: 1, pollChecks: 1, feature: 1 },
    daily: 3,
    scripted: 0.6,
    size: 0.8,
  },
} as const satisfies Record<string, Persona>;

export type PersonaName = keyof typeof PERSONAS;
