import type { CodeWriter, Language } from "./code.ts";
import type { FileState, Line } from "./lines.ts";
import type { Random } from "./random.ts";

/** A change of one place of a file: lines `start` up to (not including) `end` become `after`. */
export interface Edit {
  start: number;
  end: number;
  after: string[];
}

/** What kind of change an edit is. */
export type EditKind = "block" | "replace" | "extend" | "delete";

/** The language of a file, by its name. */
export function languageOf(path: string): Language {
  if (path.endsWith(".py")) return "py";
  return path.endsWith(".css") ? "css" : "ts";
}

/** Plans a change whose old lines occur once in the file, as the Edit tool demands. `only`: lines that may be replaced. */
export function planEdit(
  random: Random,
  code: CodeWriter,
  file: FileState,
  kind: EditKind,
  only?: (line: Line) => boolean,
): Edit {
  const language = languageOf(file.path);
  const statements = file.lines.flatMap((line, index) =>
    isStatement(line.text) && (only === undefined || only(line)) ? [index] : [],
  );
  const edit =
    kind === "block" || statements.length === 0
      ? planBlock(random, code, file, language)
      : planStatement(random, code, file, kind, random.pick(statements));
  return makeUnique(file, edit);
}

function isStatement(text: string): boolean {
  const body = text.trim();
  if (body.length < 18 || /^(import|from|export|def|return|\/\*|"""|\.)/.test(body)) return false;
  return /[;)]$/.test(body);
}

function planBlock(random: Random, code: CodeWriter, file: FileState, language: Language): Edit {
  const block = code.block(language);
  const places = file.lines.flatMap((line, index) =>
    line.text === "" && /^[}\])]|^ {4}return/.test(file.lines[index - 1]?.text ?? "") ? [index + 1] : [],
  );
  if (places.length === 0 || random.chance(0.2)) {
    while (block.at(-1) === "") block.pop();
    return { start: file.lines.length, end: file.lines.length, after: ["", ...block] };
  }
  const place = random.pick(places);
  return { start: place, end: place, after: block };
}

function planStatement(random: Random, code: CodeWriter, file: FileState, kind: EditKind, at: number): Edit {
  const text = file.lines[at]?.text ?? "";
  const indent = text.slice(0, text.length - text.trimStart().length);
  const statement = (): string => code.statement(languageOf(file.path), indent);
  if (kind === "delete") return { start: at, end: at + 1, after: [] };
  if (kind === "extend") {
    const after = random.chance(0.5) ? [statement()] : [statement(), statement()];
    return { start: at + 1, end: at + 1, after };
  }
  return { start: at, end: at + 1, after: random.chance(0.6) ? [statement()] : [statement(), statement()] };
}

/** Takes in lines around the edit until its old text is found in the file just once. */
function makeUnique(file: FileState, edit: Edit): Edit {
  const texts = file.lines.map((line) => line.text);
  const content = texts.join("\n");
  let { start, end } = edit;
  const after = [...edit.after];
  if (start > 0) after.unshift(texts[--start] ?? "");
  const old = (): string => texts.slice(start, end).join("\n");
  while (old().trim() === "" || content.split(old()).length !== 2) {
    if (start > 0) after.unshift(texts[--start] ?? "");
    if (end < texts.length) after.push(texts[end++] ?? "");
    if (start === 0 && end === texts.length) break;
  }
  return { start, end, after };
}
