/** What an agent's call did, as far as lines must know it: see `Call` of the transcript. */
export interface Writer {
  session: string;
  call: object;
}

/** One line of a file. The object is the line's identity: it lives on in every commit that holds the line. */
export interface Line {
  text: string;
  /** The session that wrote the line; null: a person. */
  session: string | null;
  /** The call that wrote it. */
  call: object | null;
  /** False after a formatter changed what the agent wrote. */
  exact: boolean;
  /** What the project's formatter would make of the line, where that differs. */
  formatted?: string;
}

/** A file of a commit or of a work tree; never changed in place. */
export interface FileState {
  path: string;
  lines: readonly Line[];
  crlf: boolean;
}

/** All files of a commit or a work tree, by an id that stays when a file is renamed. */
export type Snapshot = ReadonlyMap<number, FileState>;

/** One hunk in the shape of `structuredPatch`. */
export interface Hunk {
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  lines: string[];
}

/** A new line, by an agent's call or (null) by a person. */
export function newLine(text: string, writer: Writer | null): Line {
  return { text, session: writer?.session ?? null, call: writer?.call ?? null, exact: writer !== null };
}

/** The bytes of a file as git stores them. */
export function contentOf(file: FileState): string {
  const end = file.crlf ? "\r\n" : "\n";
  let text = "";
  for (const line of file.lines) text += line.text + end;
  return text;
}

type Step = { kind: "same" | "old" | "new"; text: string };

/** The shortest edit of one list of texts into the other; common beginnings and ends are kept as they are. */
function script(before: readonly string[], after: readonly string[]): Step[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const same = (texts: readonly string[]): Step[] => texts.map((text) => ({ kind: "same", text }));
  return [
    ...same(before.slice(0, head)),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ];
}

function middle(before: readonly string[], after: readonly string[]): Step[] {
  const table = commonLengths(before, after);
  const width = after.length + 1;
  const steps: Step[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const old = before[i];
    const fresh = after[j];
    if (old !== undefined && old === fresh) {
      steps.push({ kind: "same", text: old });
      i++;
      j++;
    } else if (
      old !== undefined &&
      (fresh === undefined || (table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0))
    ) {
      steps.push({ kind: "old", text: old });
      i++;
    } else {
      steps.push({ kind: "new", text: fresh ?? "" });
      j++;
    }
  }
  return steps;
}

function commonLengths(before: readonly string[], after: readonly string[]): Uint16Array {
  const width = after.length + 1;
  const table = new Uint16Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      table[i * width + j] =
        before[i] === after[j]
          ? (table[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0);
    }
  }
  return table;
}

/** The lines after an edit: those whose text stays keep who wrote them. */
export function rewrite(lines: readonly Line[], after: readonly Line[]): Line[] {
  const steps = script(
    lines.map((line) => line.text),
    after.map((line) => line.text),
  );
  const result: Line[] = [];
  let i = 0;
  let j = 0;
  for (const step of steps) {
    const line = step.kind === "same" ? lines[i] : after[j];
    if (step.kind !== "old" && line !== undefined) result.push(line);
    if (step.kind !== "new") i++;
    if (step.kind !== "old") j++;
  }
  return result;
}

/** The hunks between two texts, with up to three lines of context. */
export function hunksOf(before: readonly string[], after: readonly string[]): Hunk[] {
  const steps = script(before, after);
  const hunks: Hunk[] = [];
  let hunk: Hunk | null = null;
  let lastChange = -Infinity;
  let oldLine = 1;
  let newLineNumber = 1;
  for (const [at, step] of steps.entries()) {
    if (step.kind !== "same") {
      if (hunk === null || at - lastChange > 7) {
        hunk = openHunk(steps, at, oldLine, newLineNumber);
        hunks.push(hunk);
      } else {
        addToHunk(hunk, steps.slice(lastChange + 1, at));
      }
      addToHunk(hunk, [step]);
      lastChange = at;
    } else if (hunk !== null && at === lastChange + 7) {
      addToHunk(hunk, steps.slice(lastChange + 1, lastChange + 4));
      hunk = null;
    }
    if (step.kind !== "new") oldLine++;
    if (step.kind !== "old") newLineNumber++;
  }
  if (hunk !== null) addToHunk(hunk, steps.slice(lastChange + 1, lastChange + 4));
  return hunks;
}

function openHunk(steps: readonly Step[], at: number, oldLine: number, newLineNumber: number): Hunk {
  const context = steps.slice(Math.max(0, at - 3), at);
  const hunk = {
    oldStart: oldLine - context.length,
    oldLines: 0,
    newStart: newLineNumber - context.length,
    newLines: 0,
    lines: [],
  };
  addToHunk(hunk, context);
  return hunk;
}

function addToHunk(hunk: Hunk, steps: readonly Step[]): void {
  for (const step of steps) {
    hunk.lines.push(`${step.kind === "same" ? " " : step.kind === "old" ? "-" : "+"}${step.text}`);
    if (step.kind !== "new") hunk.oldLines++;
    if (step.kind !== "old") hunk.newLines++;
  }
}

/** Three-way merge by the identity of lines: what either side deleted is gone, what either side added is kept. */
export function mergeLines(base: readonly Line[], ours: readonly Line[], theirs: readonly Line[]): Line[] {
  const inBase = new Set(base);
  const inTheirs = new Set(theirs);
  const place = new Map(ours.map((line, index) => [line, index]));
  const result = new Set<Line>();
  let next = 0;
  const takeOurs = (until: number): void => {
    for (; next < until; next++) {
      const line = ours[next];
      if (line !== undefined && !inTheirs.has(line) && !inBase.has(line)) result.add(line);
    }
  };
  for (const line of theirs) {
    const index = place.get(line);
    if (index !== undefined) {
      takeOurs(index);
      result.add(line);
    } else if (!inBase.has(line)) {
      result.add(line);
    }
  }
  takeOurs(ours.length);
  return [...result];
}

/** Three-way merge of all files. */
export function mergeSnapshots(base: Snapshot, ours: Snapshot, theirs: Snapshot): Map<number, FileState> {
  const merged = new Map<number, FileState>();
  for (const id of new Set([...ours.keys(), ...theirs.keys()])) {
    const file = mergeFile(base.get(id), ours.get(id), theirs.get(id));
    if (file !== undefined) merged.set(id, file);
  }
  return merged;
}

function mergeFile(
  base: FileState | undefined,
  ours: FileState | undefined,
  theirs: FileState | undefined,
): FileState | undefined {
  if (ours === theirs || theirs === base) return ours;
  if (ours === base) return theirs;
  if (ours === undefined || theirs === undefined) return undefined;
  return {
    path: theirs.path !== base?.path ? theirs.path : ours.path,
    lines: mergeLines(base?.lines ?? [], ours.lines, theirs.lines),
    crlf: ours.crlf,
  };
}
