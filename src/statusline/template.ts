/** The template of the line: text with `{names}`, in parts that stand between separators. Pure. */

/** What is shown where no template is set. */
export const DEFAULT_TEMPLATE =
  "{session} | prompt {prompt} | today {today} | {burn} | {budget} | 5h {5h} | 7d {7d} | ctx {context}";

/** Every name with what stands for it, in the order of docs/statusline.md. `priority` says what stays in a narrow terminal: the lower, the longer. */
export const NAMES = {
  session: { brief: "cost of the session; where the client counts otherwise, its figure beside it", priority: 0 },
  ledger: { brief: "cost of the session by the ledger alone", priority: 0 },
  client: { brief: "cost of the session by the client alone", priority: 0 },
  prompt: { brief: "cost of the prompt at hand, sub-agents included", priority: 4 },
  today: { brief: "cost of the day, all sessions", priority: 2 },
  burn: { brief: "what the session costs in an hour, by its last ten minutes", priority: 6 },
  budget: { brief: "the limit that is nearest to its end, and how much of it is spent", priority: 3 },
  "5h": { brief: "five-hour window: used, expected at the reset, time left", priority: 1 },
  "5h.used": { brief: "used, percent", priority: 1 },
  "5h.pace": { brief: "used share over elapsed share; 1.0x lasts just until the reset", priority: 5 },
  "5h.projected": { brief: "percent used at the reset, if it goes on like this", priority: 5 },
  "5h.full": { brief: "time until it is used up, where that is before the reset", priority: 1 },
  "5h.reset": { brief: "time until the reset", priority: 5 },
  "7d": { brief: "seven-day window, as 5h", priority: 5 },
  "7d.used": { brief: "as 5h.used", priority: 5 },
  "7d.pace": { brief: "as 5h.pace", priority: 5 },
  "7d.projected": { brief: "as 5h.projected", priority: 5 },
  "7d.full": { brief: "as 5h.full", priority: 5 },
  "7d.reset": { brief: "as 5h.reset", priority: 5 },
  context: { brief: "how full the context is, percent", priority: 5 },
  "context.tokens": { brief: "tokens in the context", priority: 6 },
  model: { brief: "name of the model", priority: 6 },
  agent: { brief: "name of the agent that the session runs as", priority: 7 },
  effort: { brief: "effort level of the model", priority: 7 },
  branch: { brief: "branch that is checked out", priority: 6 },
  worktree: { brief: "name of the worktree", priority: 7 },
  repo: { brief: "owner and name of the repo", priority: 7 },
  folder: { brief: "name of the folder", priority: 7 },
  pr: { brief: "open pull request of the branch, and what its review says", priority: 5 },
  lines: { brief: "lines added and removed", priority: 7 },
  title: { brief: "title of the session", priority: 8 },
  version: { brief: "version of the client", priority: 8 },
} as const satisfies Record<string, { brief: string; priority: number }>;

export type Name = keyof typeof NAMES;

/** A piece of a part: text as it is, or a name to be filled in. */
export type Piece = { text: string } | { name: Name };

/** What stands between two separators. */
export interface Part {
  pieces: Piece[];
  /** The separator before it, blanks included; "" for the first of a line. */
  before: string;
  priority: number;
}

/** A template longer than this is cut off. Characters. */
const MAX_TEMPLATE = 2_000;
/** One of these between blanks separates parts. */
const SEPARATOR = /(\s+[|│┃¦·•‧∙/—–-]\s+)/;
const NAME = /\{([\w.]+)\}/g;

/** Reads a template: lines of parts. A line break is a real one or `\n`. A name that does not exist is text: so a typo shows. */
export function parseTemplate(template: string): Part[][] {
  return template
    .slice(0, MAX_TEMPLATE)
    .split(/\r?\n|\\n/)
    .map((line) => {
      const tokens = line.split(SEPARATOR);
      return tokens
        .filter((_, at) => at % 2 === 0)
        .map((text, at): Part => {
          const pieces = piecesOf(text);
          return { pieces, before: at === 0 ? "" : (tokens[at * 2 - 1] ?? ""), priority: priorityOf(pieces) };
        });
    });
}

function piecesOf(text: string): Piece[] {
  return text
    .split(NAME)
    .map((token, at): Piece => {
      if (at % 2 === 0) return { text: token };
      return isName(token) ? { name: token } : { text: `{${token}}` };
    })
    .filter((piece) => "name" in piece || piece.text !== "");
}

/** A part is as important as the most important name in it; text alone goes first. */
function priorityOf(pieces: readonly Piece[]): number {
  const named = pieces.flatMap((piece) => ("name" in piece ? [NAMES[piece.name].priority] : []));
  return Math.min(...named, 9);
}

function isName(word: string): word is Name {
  return Object.hasOwn(NAMES, word);
}

/** Words in braces that are no names. */
export function unknownNames(template: string): string[] {
  return [...template.matchAll(NAME)].map(([, word = ""]) => word).filter((word) => !isName(word));
}
