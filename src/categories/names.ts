/** What a prompt can be classed as. The position of a name is the small integer in the book: names are only ever
 *  appended. */
export const CATEGORIES = [
  "coding",
  "debugging",
  "feature",
  "refactoring",
  "testing",
  "exploration",
  "planning",
  "delegation",
  "git",
  "build/deploy",
  "conversation",
  "brainstorming",
  "general",
] as const;

export type Category = (typeof CATEGORIES)[number];

/** Raise it whenever a flag, a word or a rule changes: `backfill agent-turns` then reads the transcripts again. */
export const CLASSIFIER_VERSION = 1;
