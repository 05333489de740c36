export const CATEGORIES = ["coding", "debugging", "feature", "refactoring", "testing", "exploration", "planning", "delegation", "git", "build/deploy", "conversation", "brainstorming", "general"] as const;
export const CLASSIFIER_VERSION = 1;
export function textFlags(t: string): number { return t.length > 10 ? 1 : 0; }
export function toolFlags(_n: string, _i: unknown): number { return 2; }
export function categoryIndexOf(a: number, b: number): number { return b ? 0 : a ? 10 : 12; }
