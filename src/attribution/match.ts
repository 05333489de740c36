import { hashLine, isTrivial, unpackLines } from "../platform/lineHash.ts";

/** Matches the added lines of commits with the lines that edits wrote: by content, path by path, newest edit first, each line at most once
 *  in one line of history. Needs no clock but to keep an edit out of commits made before it. */

/** As stored in `commit_lines.grade`. */
export const GRADE = { exact: 1, formatted: 2, shell: 3, note: 4 } as const;

/** An edit as the matcher sees it. */
export interface MatchEdit {
  id: number;
  atMs: number;
  /** Packed lines (`platform/lineHash.ts`). */
  lines: Uint8Array;
  /** The lines are all of the file, not only what was new in it: any other edit that wrote one of them goes first. */
  isWhole: boolean;
  /** Written by a shell command: a formatter or generator rewrites other people's lines too, so any other edit goes first. */
  isShell: boolean;
}

/** A run of lines of a commit's file that an edit wrote. */
export interface MatchedRun {
  line: number;
  count: number;
  editId: number;
  editLine: number;
  grade: number;
}

/** What the matcher must know of a commit. */
export interface MatchCommit {
  id: number;
  committedMs: number;
  /** Puts back what an earlier commit took away: lines that were spent count again. */
  isRevert: boolean;
}

/** Git keeps whole seconds, and the two clocks are the same one. */
const CLOCK_SLACK_MS = 5_000;
/** Hunks of up to this many lines are also recognised as a whole, where none of their lines says anything by itself. */
const SHORT_HUNK = 3;

interface Candidate {
  edit: IndexedEdit;
  at: number;
  /** Commits that this line has been found in. */
  spent: number[];
}

class IndexedEdit {
  readonly id: number;
  readonly atMs: number;
  readonly words: Uint32Array;
  readonly isWhole: boolean;
  readonly isShell: boolean;
  readonly candidates: (Candidate | undefined)[] = [];

  constructor({ id, atMs, lines, isWhole, isShell }: MatchEdit) {
    this.isShell = isShell;
    this.isWhole = isWhole;
    this.id = id;
    this.atMs = atMs;
    this.words = unpackLines(lines);
  }

  get count(): number {
    return this.words.length / 3;
  }

  strictAt(at: number): number {
    return strictKey(this.words[at * 3] ?? 0, this.words[at * 3 + 1] ?? 0);
  }

  looseAt(at: number): number {
    return this.words[at * 3 + 2] ?? 0;
  }

  isSeparator(at: number): boolean {
    return at < 0 || at >= this.count || (this.strictAt(at) === 0 && this.looseAt(at) === 0);
  }

  candidate(at: number): Candidate {
    this.candidates[at] ??= { edit: this, at, spent: [] };
    return this.candidates[at];
  }
}

/** 53 of the 64 bits: as good as all within one path. */
function strictKey(high: number, low: number): number {
  return high * 2_097_152 + (low >>> 11);
}

/** All lines that edits wrote to one path. */
class PathIndex {
  readonly strict = new Map<number, Candidate[]>();
  readonly loose = new Map<number, Candidate[]>();
  readonly hunks = new Map<string, Candidate[]>();
  readonly #edits: MatchEdit[] = [];
  #built = false;

  add(edit: MatchEdit): void {
    this.#edits.push(edit);
  }

  /** Newest edits come first in every list. */
  build(byId: Map<number, IndexedEdit>): void {
    if (this.#built) return;
    this.#built = true;
    for (const one of this.#edits.sort((a, b) => b.atMs - a.atMs || b.id - a.id)) {
      const edit = byId.get(one.id) ?? new IndexedEdit(one);
      byId.set(one.id, edit);
      let start = 0;
      for (let at = 0; at <= edit.count; at++) {
        if (!edit.isSeparator(at)) {
          push(this.strict, edit.strictAt(at), edit.candidate(at));
          push(this.loose, edit.looseAt(at), edit.candidate(at));
          continue;
        }
        if (at > start && at - start <= SHORT_HUNK) push(this.hunks, signature(edit, start, at), edit.candidate(start));
        start = at + 1;
      }
    }
  }
}

function push<Key>(map: Map<Key, Candidate[]>, key: Key, value: Candidate): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function signature(edit: IndexedEdit, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at++) text += `${edit.strictAt(at)},`;
  return text;
}

interface Line {
  line: number;
  strict: number;
  loose: number;
  trivial: boolean;
  match: Candidate | null;
  grade: number;
}

/** Matcher of one repo. */
export class Matcher {
  readonly #paths = new Map<number, PathIndex>();
  readonly #edits = new Map<number, IndexedEdit>();
  readonly #isAncestor: (ancestor: number, id: number) => boolean;

  /** `isAncestor` says whether one commit is part of the history of another. */
  constructor(isAncestor: (ancestor: number, id: number) => boolean) {
    this.#isAncestor = isAncestor;
  }

  /** Adds an edit of a file, by the id of its path in the repo. */
  addEdit(pathId: number, edit: MatchEdit): void {
    const index = this.#paths.get(pathId) ?? new PathIndex();
    index.add(edit);
    this.#paths.set(pathId, index);
  }

  /** Notes that lines of an edit were found in a commit before. Call after all edits were added. */
  spend(pathId: number, editId: number, editLine: number, count: number, commitId: number): void {
    this.#paths.get(pathId)?.build(this.#edits);
    const edit = this.#edits.get(editId);
    if (edit === undefined) return;
    for (let at = editLine; at < editLine + count; at++) edit.candidate(at).spent.push(commitId);
  }

  /** Whether any edit touched one of these paths. */
  knows(pathIds: readonly number[]): boolean {
    return pathIds.some((id) => this.#paths.has(id));
  }

  /** Matches one file of a commit. `pathIds` are its path and the names it had before. */
  match(
    commit: MatchCommit,
    pathIds: readonly number[],
    added: readonly { line: number; text: string }[],
  ): MatchedRun[] {
    const indexes = pathIds.map((id) => this.#paths.get(id)).filter((index) => index !== undefined);
    if (indexes.length === 0 || added.length === 0) return [];
    for (const index of indexes) index.build(this.#edits);
    const lines = added.map(({ line, text }): Line => {
      const { high, low, loose } = hashLine(text);
      return { line, strict: strictKey(high, low), loose, trivial: isTrivial(text), match: null, grade: 0 };
    });
    const usable = this.#usable(commit);
    this.#pass(lines, (line) => indexes.flatMap((index) => index.strict.get(line.strict) ?? []), GRADE.exact, usable);
    this.#extend(lines, usable);
    this.#pass(lines, (line) => indexes.flatMap((index) => index.loose.get(line.loose) ?? []), GRADE.formatted, usable);
    this.#extend(lines, usable);
    this.#slide(lines, usable);
    this.#wholeHunks(lines, indexes, usable);
    const byShell = (line: Line): Candidate[] => indexes.flatMap((index) => index.strict.get(line.strict) ?? []);
    this.#pass(lines, byShell, GRADE.shell, usable);
    this.#extend(lines, usable);
    this.#settle(commit, lines, indexes);
    return runsOf(lines);
  }

  /** A line of an edit counts once in a line of history, and not before it was written. */
  #usable(commit: MatchCommit): (candidate: Candidate) => boolean {
    return ({ edit, spent }) => {
      if (edit.atMs > commit.committedMs + CLOCK_SLACK_MS) return false;
      if (spent.length === 0) return true;
      if (spent.includes(commit.id)) return false;
      return commit.isRevert || !spent.some((id) => this.#isAncestor(id, commit.id));
    };
  }

  #take(commitLine: Line, candidate: Candidate, grade: number): void {
    commitLine.match = candidate;
    commitLine.grade = grade;
    this.#taken.add(candidate);
  }

  readonly #taken = new Set<Candidate>();

  /** Lines that say something: the one that continues the match above, else that of the newest edit. */
  #pass(
    lines: Line[],
    candidatesOf: (line: Line) => Candidate[],
    grade: number,
    usable: (candidate: Candidate) => boolean,
  ): void {
    let above: Line | null = null;
    for (const line of lines) {
      if (line.match === null && !line.trivial) {
        const open = candidatesOf(line).filter(
          (one) => one.edit.isShell === (grade === GRADE.shell) && !this.#taken.has(one) && usable(one),
        );
        const partial = open.filter((one) => !one.edit.isWhole);
        const all = partial.length > 0 ? partial : open;
        const next = above?.match ?? null;
        const best =
          all.find((one) => next !== null && one.edit === next.edit && one.at === next.at + 1) ??
          all.find((one) => next !== null && one.edit === next.edit && one.at > next.at) ??
          all.reduce<Candidate | null>((chosen, one) => (chosen === null || isNewer(one, chosen) ? one : chosen), null);
        if (best !== null && best !== undefined) this.#take(line, best, grade);
      }
      if (line.match !== null) above = line;
    }
  }

  /** Lines that say nothing by themselves belong to the edit that wrote their neighbour, if it wrote them beside it. */
  #extend(lines: Line[], usable: (candidate: Candidate) => boolean): void {
    const grow = (from: Line | undefined, to: Line | undefined, step: 1 | -1): void => {
      if (from?.match == null || to === undefined || to.match !== null || to.line !== from.line + step) return;
      const { edit, at } = from.match;
      if (edit.isSeparator(at + step)) return;
      const same = edit.strictAt(at + step) === to.strict;
      if (!same && edit.looseAt(at + step) !== to.loose) return;
      const candidate = edit.candidate(at + step);
      if (this.#taken.has(candidate) || !usable(candidate)) return;
      this.#take(to, candidate, edit.isShell ? GRADE.shell : same ? GRADE.exact : GRADE.formatted);
    };
    for (let at = 0; at < lines.length; at++) grow(lines[at], lines[at + 1], 1);
    for (let at = lines.length - 1; at > 0; at--) grow(lines[at], lines[at - 1], -1);
  }

  /** Where an equal line stands before and behind a block, git may show either as added: `} A {}` for `A {} }`. The line at one edge is
   *  then the one that the edit wrote at the other. */
  #slide(lines: Line[], usable: (candidate: Candidate) => boolean): void {
    const move = (from: Line | undefined, to: Line | undefined, step: 1 | -1): void => {
      if (from?.match == null || to === undefined || to.match !== null || !to.trivial || to.line !== from.line + step)
        return;
      const { edit, at } = from.match;
      if (!edit.isSeparator(at + step)) return;
      let far = at;
      while (!edit.isSeparator(far - step)) far -= step;
      const candidate = edit.candidate(far);
      if (edit.strictAt(far) !== to.strict || this.#taken.has(candidate) || !usable(candidate)) return;
      this.#take(to, candidate, edit.isShell ? GRADE.shell : GRADE.exact);
    };
    for (let at = 0; at < lines.length; at++) move(lines[at], lines[at + 1], 1);
    for (let at = lines.length - 1; at > 0; at--) move(lines[at], lines[at - 1], -1);
  }

  /** A block that holds nothing but such lines is known by being just what an edit wrote. */
  #wholeHunks(lines: Line[], indexes: readonly PathIndex[], usable: (candidate: Candidate) => boolean): void {
    for (let from = 0; from < lines.length; ) {
      let to = from + 1;
      while (to < lines.length && lines[to]?.line === (lines[to - 1]?.line ?? 0) + 1) to++;
      const block = lines.slice(from, to);
      from = to;
      if (block.length > SHORT_HUNK || block.some((line) => line.match !== null)) continue;
      const key = block.map((line) => `${line.strict},`).join("");
      const found = indexes
        .flatMap((index) => index.hunks.get(key) ?? [])
        .find((one) => !this.#taken.has(one) && usable(one));
      if (found === undefined) continue;
      for (const [n, line] of block.entries())
        this.#take(line, found.edit.candidate(found.at + n), found.edit.isShell ? GRADE.shell : GRADE.exact);
    }
  }

  /** What was found is spent; so are older writings of the same line, which the newer one replaced before the commit. */
  #settle(commit: MatchCommit, lines: readonly Line[], indexes: readonly PathIndex[]): void {
    for (const line of lines) {
      if (line.match === null) continue;
      line.match.spent.push(commit.id);
      const key = line.match.edit.strictAt(line.match.at);
      for (const index of indexes) {
        for (const older of index.strict.get(key) ?? []) {
          if (older !== line.match && !this.#taken.has(older) && older.edit.atMs < line.match.edit.atMs)
            older.spent.push(commit.id);
        }
      }
    }
    this.#taken.clear();
  }
}

function isNewer(a: Candidate, b: Candidate): boolean {
  if (a.edit !== b.edit) return a.edit.atMs > b.edit.atMs;
  return a.at < b.at;
}

/** Neighbouring lines with neighbouring sources become one run. */
function runsOf(lines: readonly Line[]): MatchedRun[] {
  const runs: MatchedRun[] = [];
  for (const { line, match, grade } of lines) {
    if (match === null) continue;
    const last = runs.at(-1);
    if (
      last !== undefined &&
      last.editId === match.edit.id &&
      last.grade === grade &&
      last.line + last.count === line &&
      last.editLine + last.count === match.at
    )
      last.count++;
    else runs.push({ line, count: 1, editId: match.edit.id, editLine: match.at, grade });
  }
  return runs;
}
