/** The two masks of a prompt. Bits only say that something was seen, so that masks can be joined with OR in any order.
 *  A mask has at most 31 bits: it stays a positive 32-bit integer. */

/** What a text can ask for. The number is the bit of `HEAD`; the same place in the upper half is its mention. */
const Intent = {
  fix: 0,
  add: 1,
  refactor: 2,
  test: 3,
  explore: 4,
  plan: 5,
  brainstorm: 6,
  git: 7,
  ship: 8,
  change: 9,
} as const;

export type IntentName = keyof typeof Intent;

/** Bit that says: this is the first thing that the text asks for. */
export const head = (intent: IntentName): number => 1 << Intent[intent];

/** Bit that says: the text asks for this too, at whatever place. */
export const mention = (intent: IntentName): number => 1 << (10 + Intent[intent]);

export const ANY_HEAD = 0x3ff;

export const TextFlag = {
  /** A clear symptom: crash, broken, not working. */
  trouble: 1 << 20,
  /** A word that is often, not always, a symptom: error, issue, wrong. */
  weakTrouble: 1 << 21,
  /** A pasted error or stack trace. */
  trace: 1 << 22,
  /** "why". */
  why: 1 << 23,
  /** A question of some length. */
  question: 1 << 24,
  /** Thanks, greetings and remarks. */
  chat: 1 << 25,
  /** Work is to be given to other agents. */
  delegate: 1 << 26,
  /** A command of the client itself: /clear, /model. */
  local: 1 << 27,
  /** Any word at all. */
  said: 1 << 28,
  /** More than a word or two: a go-ahead ("yes, do it") is shorter. */
  spoken: 1 << 29,
  /** The first thing asked for is known from a question word only. */
  vague: 1 << 30,
} as const;

export const ToolFlag = {
  editCode: 1 << 0,
  editTest: 1 << 1,
  editDocs: 1 << 2,
  /** Manifests, Dockerfiles, CI and infrastructure files. */
  editBuild: 1 << 3,
  read: 1 << 4,
  web: 1 << 5,
  runTests: 1 << 6,
  gitWrite: 1 << 7,
  gitRead: 1 << 8,
  build: 1 << 9,
  install: 1 << 10,
  deploy: 1 << 11,
  /** Linters, formatters, type checkers. */
  check: 1 << 12,
  spawn: 1 << 13,
  /** Plan mode, or a plan written to a file. */
  plan: 1 << 14,
  todo: 1 << 15,
  ask: 1 << 16,
  skill: 1 << 17,
  mcpRead: 1 << 18,
  mcpAct: 1 << 19,
  /** A script, a program, or code given on the command line. */
  script: 1 << 20,
  /** curl, database shells: asks a running system. */
  query: 1 << 21,
  /** Logs, processes, debuggers. */
  inspect: 1 << 22,
  /** mv, cp, mkdir, rm. */
  files: 1 << 23,
  /** A shell command that says nothing: echo, sleep, cd. */
  idle: 1 << 24,
  /** A browser driven by the agent. */
  browser: 1 << 25,
  /** A tool that the classifier does not know. */
  other: 1 << 26,
  /** A whole file of code was written, not a part of one. */
  writeCode: 1 << 27,
} as const;

export const EDITS = ToolFlag.editCode | ToolFlag.editTest | ToolFlag.editDocs | ToolFlag.editBuild;
