import { type GitPlace, gitLines } from "./run.ts";

/** One file of a commit, with the lines that the commit added to it. */
export interface FileChange {
  path: string;
  /** Name before, where the commit renamed it. */
  oldPath: string | null;
  /** Added lines; only of files that are asked for. */
  added: { line: number; text: string }[];
  /** Where lines were added in the new file: first line and number, of every file. */
  hunks: [number, number][];
  removed: number;
}

/** One commit as `git log -p` tells it. Merges come without files. */
export interface LoggedCommit {
  sha: string;
  parents: string[];
  authorMs: number;
  committedMs: number;
  subject: string;
  body: string;
  files: FileChange[];
}

const FIELDS = "%H%x02%P%x02%at%x02%ct%x02%s%x02%b";
const MAX_BODY = 4_000;
/** Longer lines are no source code. */
const MAX_LINE = 2_000;
/** A commit that adds more lines to a file imports or generates them. */
const MAX_FILE_LINES = 50_000;
const LOG_TIMEOUT_MS = 15 * 60_000;

/** Reads the commits that `revisions` (lines for `git log --stdin`) lead to, oldest first, with the lines that they added to files of `paths`;
 *  a new name of such a file is added to them. Throws what git says. */
export async function readLog(
  place: GitPlace,
  revisions: readonly string[],
  sinceMs: number,
  paths: Set<string>,
  onCommit: (commit: LoggedCommit) => void,
): Promise<void> {
  const args = [
    "log",
    "--stdin",
    "--ignore-missing",
    "--reverse",
    "--topo-order",
    `--since=${Math.floor(sinceMs / 1000)}`,
    `--format=%x01${FIELDS}%x03`,
    "-p",
    "--unified=0",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--find-renames",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--no-indent-heuristic",
    "--submodule=short",
  ];
  const parser = new LogParser(onCommit, paths);
  await gitLines(place, args, (line) => parser.line(line), {
    input: `${revisions.join("\n")}\n`,
    timeoutMs: LOG_TIMEOUT_MS,
  });
  parser.end();
}

/** Takes the log apart line by line. */
export class LogParser {
  readonly #onCommit: (commit: LoggedCommit) => void;
  readonly #paths: Set<string> | null;
  #isWanted = false;
  #commit: LoggedCommit | null = null;
  #header: string | null = null;
  #file: FileChange | null = null;
  #line = 0;
  /** Lines of the hunk that are still to come, removed and added. */
  #gone = 0;
  #come = 0;
  #renamedFrom: string | null = null;

  /** Without `paths`, the lines of all files are kept. */
  constructor(onCommit: (commit: LoggedCommit) => void, paths: Set<string> | null = null) {
    this.#onCommit = onCommit;
    this.#paths = paths;
  }

  line(line: string): void {
    if (this.#header !== null) {
      this.#continueHeader(line);
      return;
    }
    if (this.#gone > 0 && line.startsWith("-")) {
      this.#gone--;
      if (this.#file !== null) this.#file.removed++;
      return;
    }
    if (this.#come > 0 && line.startsWith("+")) {
      this.#come--;
      this.#add(line);
      return;
    }
    if (line.startsWith("\x01")) {
      this.end();
      this.#header = "";
      this.#continueHeader(line.slice(1));
      return;
    }
    this.#patchLine(line);
  }

  /** Hands over the last commit. */
  end(): void {
    if (this.#commit !== null) this.#onCommit(this.#commit);
    this.#commit = null;
    this.#file = null;
    this.#gone = 0;
    this.#come = 0;
  }

  #continueHeader(line: string): void {
    const end = line.indexOf("\x03");
    const header = this.#header ?? "";
    if (end < 0) {
      this.#header = header.length > MAX_BODY ? header : `${header}${line}\n`;
      return;
    }
    const [sha = "", parents = "", author = "0", committed = "0", subject = "", body = ""] =
      `${header}${line.slice(0, end)}`.split("\x02");
    this.#header = null;
    this.#commit = {
      sha,
      parents: parents === "" ? [] : parents.split(" "),
      authorMs: Number(author) * 1000,
      committedMs: Number(committed) * 1000,
      subject: subject.slice(0, 300),
      body: body.slice(0, MAX_BODY),
      files: [],
    };
  }

  #patchLine(line: string): void {
    if (line.startsWith("@@")) {
      const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
      if (hunk === null) return;
      this.#gone = hunk[1] === undefined ? 1 : Number(hunk[1]);
      this.#line = Number(hunk[2]);
      this.#come = hunk[3] === undefined ? 1 : Number(hunk[3]);
      if (this.#come > 0) this.#file?.hunks.push([this.#line, this.#come]);
    } else if (line.startsWith("+++ ")) this.#open(nameOf(line.slice(4), "b/"));
    else if (line.startsWith("rename from ")) this.#renamedFrom = unquote(line.slice(12));
    else if (line.startsWith("rename to ")) {
      this.#open(unquote(line.slice(10)));
      if (this.#file !== null) this.#file.oldPath = this.#renamedFrom;
      if (this.#renamedFrom !== null && this.#paths?.has(this.#renamedFrom)) this.#want(this.#file?.path ?? "");
    } else if (line.startsWith("diff --git ")) {
      this.#file = null;
      this.#renamedFrom = null;
    }
  }

  #open(path: string | null): void {
    if (this.#commit === null || path === null || this.#file?.path === path) return;
    this.#file = { path, oldPath: null, added: [], hunks: [], removed: 0 };
    this.#isWanted = this.#paths?.has(path) ?? true;
    this.#commit.files.push(this.#file);
  }

  #want(path: string): void {
    this.#paths?.add(path);
    this.#isWanted = true;
  }

  #add(line: string): void {
    if (this.#isWanted && this.#file !== null && this.#file.added.length < MAX_FILE_LINES)
      this.#file.added.push({ line: this.#line, text: line.slice(1, MAX_LINE) });
    this.#line++;
  }
}

function nameOf(text: string, prefix: string): string | null {
  if (text === "/dev/null") return null;
  const name = unquote(text.replace(/\t$/, ""));
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11, '"': 34, "\\": 92 };

/** Undoes git's quoting of names with control characters, quotes or backslashes. */
export function unquote(text: string): string {
  if (!text.startsWith('"') || !text.endsWith('"') || text.length < 2) return text;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  const inner = text.slice(1, -1);
  for (let at = 0; at < inner.length; at++) {
    const char = inner[at] as string;
    if (char !== "\\") {
      const code = inner.codePointAt(at) as number;
      const whole = String.fromCodePoint(code);
      bytes.push(...encoder.encode(whole));
      at += whole.length - 1;
      continue;
    }
    const octal = /^[0-7]{3}/.exec(inner.slice(at + 1, at + 4))?.[0];
    if (octal !== undefined) {
      bytes.push(Number.parseInt(octal, 8));
      at += 3;
    } else {
      bytes.push(ESCAPES[inner[at + 1] ?? ""] ?? inner.charCodeAt(at + 1));
      at++;
    }
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}
