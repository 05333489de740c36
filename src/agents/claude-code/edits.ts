import { difference, type Hunk, linesOfText } from "../../platform/lineDiff.ts";
import { packLines } from "../../platform/lineHash.ts";
import { EDIT_KIND, EDIT_SOURCE, type EditEvent } from "../events.ts";
import { arrayOf, objectOf, type Row, textOf } from "./rows.ts";

/** Tools that change a file in a way that their input or result tells. */
export const EDIT_TOOLS: ReadonlySet<string> = new Set(["Edit", "Write", "MultiEdit", "NotebookEdit", "Update"]);

/** Lines beyond this many are not kept: generated files of that size are nobody's writing. */
const MAX_LINES = 20_000;
const MAX_TEXT = 8 << 20;

/** What an edit changed, as far as its source tells. */
export type EditBody = Pick<EditEvent, "path" | "kind" | "source" | "added" | "removed" | "lines">;

/** What a tool's input says it is going to write; null for anything but an edit. */
export function editOfInput(tool: string, input: Row | null): EditBody | null {
  if (input === null || !EDIT_TOOLS.has(tool)) return null;
  const path = textOf(input.file_path, 4096) || textOf(input.notebook_path, 4096);
  if (path === "") return null;
  if (tool === "Write")
    return body(path, EDIT_KIND.write, EDIT_SOURCE.input, [{ added: linesOf(input.content), removed: [] }]);
  if (tool === "NotebookEdit") {
    const source = input.edit_mode === "delete" ? "" : input.new_source;
    return body(path, EDIT_KIND.notebook, EDIT_SOURCE.input, [{ added: linesOf(source), removed: [] }]);
  }
  const parts = tool === "MultiEdit" ? arrayOf(input.edits).map(objectOf) : [input];
  const hunks = parts.map((part) => difference(linesOf(part?.old_string), linesOf(part?.new_string)));
  return body(path, EDIT_KIND.edit, EDIT_SOURCE.input, hunks);
}

/** What a tool's structured result says was written: the patch, else the two texts; null where it tells nothing. */
export function editOfResult(result: Row | null): EditBody | null {
  if (result === null) return null;
  const path = textOf(result.filePath, 4096) || textOf(result.notebook_path, 4096);
  if (path === "") return null;
  if (typeof result.updated_file === "string") {
    const hunk = difference(linesOf(result.original_file), linesOf(result.updated_file));
    return body(path, EDIT_KIND.notebook, EDIT_SOURCE.texts, [hunk]);
  }
  const patch = arrayOf(result.structuredPatch);
  if (patch.length > 0) return body(path, kindOf(result), EDIT_SOURCE.patch, patch.map(hunkOf));
  if (result.type === "create")
    return body(path, EDIT_KIND.create, EDIT_SOURCE.patch, [{ added: linesOf(result.content), removed: [] }]);
  if (typeof result.originalFile === "string" && typeof result.content === "string")
    return body(path, EDIT_KIND.write, EDIT_SOURCE.texts, [
      difference(linesOf(result.originalFile), linesOf(result.content)),
    ]);
  if (typeof result.newString === "string")
    return body(path, EDIT_KIND.edit, EDIT_SOURCE.texts, [
      difference(linesOf(result.oldString), linesOf(result.newString)),
    ]);
  return null;
}

/** What the client saw a shell command change, file by file; it looks where the command ran in a git repository. */
export function editsOfShell(result: Row | null): EditBody[] {
  return arrayOf(objectOf(result?.bashEditDiff)?.files).flatMap((value) => {
    const file = objectOf(value);
    const path = textOf(file?.filePath, 4096);
    const hunks = arrayOf(file?.hunks).map(hunkOf);
    const edit = path === "" || hunks.length === 0 ? null : body(path, EDIT_KIND.shell, EDIT_SOURCE.patch, hunks);
    return edit === null ? [] : [edit];
  });
}

function kindOf(result: Row): number {
  if (result.type === "create") return EDIT_KIND.create;
  return result.type === "update" ? EDIT_KIND.write : EDIT_KIND.edit;
}

function hunkOf(value: unknown): Hunk {
  const added: string[] = [];
  const removed: string[] = [];
  for (const line of arrayOf(objectOf(value)?.lines)) {
    if (typeof line !== "string") continue;
    if (line.startsWith("+")) added.push(line.slice(1));
    else if (line.startsWith("-")) removed.push(line.slice(1));
  }
  return { added, removed };
}

function body(path: string, kind: number, source: number, hunks: readonly Hunk[]): EditBody | null {
  const added = hunks.reduce((sum, hunk) => sum + hunk.added.length, 0);
  if (added > MAX_LINES) return null;
  return {
    path,
    kind,
    source,
    added,
    removed: hunks.reduce((sum, hunk) => sum + hunk.removed.length, 0),
    lines: packLines(hunks.map((hunk) => hunk.added)),
  };
}

function linesOf(value: unknown): string[] {
  if (typeof value !== "string" || value === "" || value.length > MAX_TEXT) return [];
  return linesOfText(value);
}
