import { findNodeAtLocation, type Node, parseTree } from "jsonc-parser";

/** Edits of a JSON text, comments and all, that change nothing but what they are about. What `append` adds, `remove` takes away
 *  without a trace, also a list or object that was there before and empty: nothing is kept anywhere to know that, the layout tells.
 *
 *  - A container that an edit made has its brackets on lines of their own, or is all on one line.
 *  - A container that was there and empty keeps what stood between its brackets (mostly nothing). The new content begins on a line of
 *    its own and the bracket follows it closely; or the other way round, where blank lines stood there; or it comes last, where
 *    comments of several lines did.
 *
 *  So `"Stop": []` becomes `"Stop": [⏎ {…}]` and returns to `[]`. Who reformats the file merely loses that difference. */

/** Leads from the root by keys and positions. */
export type Path = readonly (string | number)[];

/** How the file is laid out. */
export interface Layout {
  indent: string;
  eol: string;
}

/** The text as a tree; undefined where it is empty. Broken text gives a part of a tree. */
export const PARSING = { allowTrailingComma: true, disallowComments: false } as const;

/** Indentation by the root's first member, line ends by the first one; two blanks and `\n` where the text does not say. */
export function layoutOf(text: string): Layout {
  const first = parseTree(text, [], PARSING)?.children?.[0];
  const lead = first === undefined ? "" : text.slice(lineStart(text, first.offset), first.offset);
  return { indent: /^[ \t]+$/.test(lead) ? lead : "  ", eol: /\r?\n/.exec(text)?.[0] ?? "\n" };
}

/** Appends an element (key null) or a member to the container at a path. */
export function append(text: string, path: Path, key: string | null, value: unknown, layout: Layout): string {
  const container = nodeAt(text, path);
  const open = container.offset + 1;
  const close = container.offset + container.length - 1;
  const inner = text.slice(open, close);
  const last = container.children?.at(-1);
  const name = key === null ? "" : `${JSON.stringify(key)}: `;
  if (last === undefined) {
    const own = indentOf(text, container.offset) + layout.indent;
    const body = name + pretty(value, own, layout);
    if (hasBreak(inner) && !isBlank(inner)) return text.slice(0, close) + body + text.slice(close);
    const lead = hasBreak(inner) ? "" : layout.eol + own;
    const tail = path.length === 0 && inner === "" ? layout.eol : "";
    return text.slice(0, open) + lead + body + tail + text.slice(open);
  }
  const end = last.offset + last.length;
  const comma = commaAfter(text, end);
  const at = endOfComments(text, comma < 0 ? end : comma + 1);
  const own = startsLine(text, last.offset)
    ? indentOf(text, last.offset)
    : indentOf(text, container.offset) + layout.indent;
  const body = hasBreak(inner)
    ? layout.eol + own + name + pretty(value, own, layout)
    : ` ${name}${JSON.stringify(value)}`;
  return comma < 0
    ? `${text.slice(0, end)},${text.slice(end, at)}${body}${text.slice(at)}`
    : `${text.slice(0, at)}${body},${text.slice(at)}`;
}

/** Replaces the value at a path, on as many lines as the old one. */
export function replace(text: string, path: Path, value: unknown, layout: Layout): string {
  const { offset, length } = nodeAt(text, path);
  const multiline = hasBreak(text.slice(offset, offset + length));
  const body = multiline ? pretty(value, indentOf(text, offset), layout) : JSON.stringify(value);
  return text.slice(0, offset) + body + text.slice(offset + length);
}

/** Removes the element or member at a path with the comma that ties it to its neighbour; and its container, where that held nothing
 *  else and was made by an edit. */
export function remove(text: string, path: Path): string {
  const value = nodeAt(text, path);
  return removeNode(text, value.parent?.type === "property" ? value.parent : value);
}

function removeNode(text: string, node: Node): string {
  const container = node.parent;
  if (container === undefined) return text;
  const siblings = container.children ?? [];
  const at = siblings.indexOf(node);
  const previous = siblings[at - 1];
  const start = node.offset;
  const end = start + node.length;
  if (siblings.length === 1) return removeOnly(text, node, container);
  const comma = commaAfter(text, end);
  if (previous === undefined) return text.slice(0, start) + text.slice(comma + 1).replace(/^\s+/, "");
  const from = gapBefore(text, start);
  if (comma >= 0) return text.slice(0, from) + text.slice(comma + 1);
  const tie = commaAfter(text, previous.offset + previous.length);
  return text.slice(0, tie) + text.slice(tie + 1, from) + text.slice(end);
}

function removeOnly(text: string, node: Node, container: Node): string {
  const open = container.offset + 1;
  const close = container.offset + container.length - 1;
  const end = node.offset + node.length;
  const comma = commaAfter(text, end);
  const before = text.slice(open, node.offset);
  const after = comma < 0 ? text.slice(end, close) : text.slice(end, comma) + text.slice(comma + 1, close);
  const made = isBlank(before) && isBlank(after) && hasBreak(before) === hasBreak(after);
  if (made && container.parent !== undefined)
    return removeNode(text, container.parent.type === "property" ? container.parent : container);
  const inner = made ? "" : isBlank(before) ? after : before + after;
  return text.slice(0, open) + inner + text.slice(close);
}

/** The node at a path. The caller has seen it there. */
function nodeAt(text: string, path: Path): Node {
  const root = parseTree(text, [], PARSING);
  const node = root === undefined ? undefined : findNodeAtLocation(root, [...path]);
  if (node === undefined) throw new Error(`no ${path.join(".")} in the settings`);
  return node;
}

function pretty(value: unknown, own: string, layout: Layout): string {
  return JSON.stringify(value, null, layout.indent).replaceAll("\n", layout.eol + own);
}

/** Offset of the comma that comes next but for blanks and comments; -1 where something else does. */
function commaAfter(text: string, from: number): number {
  const skip = /(?:\s|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*/y;
  skip.lastIndex = from;
  skip.exec(text);
  return text.charAt(skip.lastIndex) === "," ? skip.lastIndex : -1;
}

/** End of the comments that finish the line, so that they stay with what they are about; `from` itself where more follows on it. */
function endOfComments(text: string, from: number): number {
  const rest = /[ \t]*(?:\/\*[^\r\n]*?\*\/[ \t]*)*(?:\/\/[^\r\n]*)?(?=\r?\n)/y;
  rest.lastIndex = from;
  return rest.exec(text) === null ? from : rest.lastIndex;
}

/** Start of the line break and indentation before an offset, or of one blank. */
function gapBefore(text: string, offset: number): number {
  const gap = /(?:\r?\n[ \t]*|[ \t])$/.exec(text.slice(0, offset));
  return gap === null ? offset : gap.index;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

function startsLine(text: string, offset: number): boolean {
  return isBlank(text.slice(lineStart(text, offset), offset));
}

/** Indentation of the line that an offset lies in. */
function indentOf(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? "";
}

function hasBreak(text: string): boolean {
  return text.includes("\n");
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}
