import { findNodeAtLocation, type Node, parseTree } from "jsonc-parser";

/** Edits of a JSON text with comments that change nothing but what they are about: what is appended can be removed again
 *  without a trace. A path leads from the root by keys and positions. */

type Path = readonly (string | number)[];

/** How the file is laid out. */
export interface Layout {
  indent: string;
  eol: string;
}

/** Indentation and line ends as the text has them; two blanks where it does not say. */
export function layoutOf(text: string): Layout {
  return { indent: /\n([ \t]+)\S/.exec(text)?.[1] ?? "  ", eol: text.includes("\r\n") ? "\r\n" : "\n" };
}

/** Appends an element to the list, or a property to the object, at a path. */
export function append(text: string, path: Path, key: string | null, value: unknown, layout: Layout): string {
  const container = nodeAt(text, path);
  const name = key === null ? "" : `${JSON.stringify(key)}: `;
  const last = container.children?.at(-1);
  const inner = text.slice(container.offset, container.offset + container.length);
  if (last !== undefined && !inner.includes("\n")) {
    const end = last.offset + last.length;
    return `${text.slice(0, end)}, ${name}${JSON.stringify(value)}${text.slice(end)}`;
  }
  const depth = depthOf(path);
  const own = layout.indent.repeat(depth + 1);
  const body = JSON.stringify(value, null, layout.indent)
    .split("\n")
    .join(layout.eol + own);
  const line = `${layout.eol}${own}${name}${body}`;
  if (last === undefined) {
    const open = container.offset + 1;
    const close = container.offset + container.length - 1;
    const between = text.slice(open, close);
    const keep = between.trim() === "" ? `${layout.eol}${layout.indent.repeat(depth)}` : between;
    return (
      text.slice(0, open) +
      (between.trim() === "" ? line + keep : between.trimEnd() + line + layout.eol + layout.indent.repeat(depth)) +
      text.slice(close)
    );
  }
  const end = last.offset + last.length;
  const rest = text.slice(end, container.offset + container.length - 1);
  const trailing = /^(\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*,/.exec(rest)?.[0];
  const lineEnd = /^[^\n]*/.exec(rest.slice(trailing?.length ?? 0).replace(/\s+$/, ""))?.[0] ?? "";
  const at = end + (trailing?.length ?? 0) + (rest.includes("\n") ? lineEnd.replace(/\r$/, "").length : 0);
  const comma = trailing === undefined ? "," : "";
  return text.slice(0, end) + comma + text.slice(end, at) + line + (trailing === undefined ? "" : ",") + text.slice(at);
}

/** Removes the element or property at a path, with the comma that tied it to its neighbour. */
export function remove(text: string, path: Path): string {
  const value = nodeAt(text, path);
  const node = value.parent?.type === "property" ? value.parent : value;
  const siblings = node.parent?.children ?? [node];
  const at = siblings.indexOf(node);
  const container = node.parent as Node;
  const start = node.offset;
  const end = node.offset + node.length;
  const previous = siblings[at - 1];
  const next = siblings[at + 1];
  if (next !== undefined) return text.slice(0, start) + text.slice(next.offset);
  if (previous === undefined) {
    const before = text.slice(container.offset + 1, start).trimEnd();
    const after = text.slice(end, container.offset + container.length - 1).replace(/^\s*,/, "");
    const rest = `${before}${after}`;
    return (
      text.slice(0, container.offset + 1) +
      (rest.trim() === "" ? "" : rest) +
      text.slice(container.offset + container.length - 1)
    );
  }
  const previousEnd = previous.offset + previous.length;
  const between = text.slice(previousEnd, start);
  const newline = between.lastIndexOf("\n");
  const cut = newline < 0 ? previousEnd : previousEnd + (between[newline - 1] === "\r" ? newline - 1 : newline);
  const kept = text.slice(previousEnd, cut);
  const trailing = /^\s*,/.exec(text.slice(end))?.[0] ?? "";
  const bridge = trailing === "" ? withoutComma(kept) : kept;
  return text.slice(0, previousEnd) + bridge + text.slice(end + trailing.length);
}

/** Drops the first comma outside of comments. */
function withoutComma(text: string): string {
  return text.replace(/^((?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*),/, "$1");
}

function nodeAt(text: string, path: Path): Node {
  const root = parseTree(text, [], { allowTrailingComma: true, disallowComments: false });
  const node = root === undefined ? undefined : findNodeAtLocation(root, [...path]);
  if (node === undefined) throw new Error(`no ${path.join(".")} in the settings`);
  return node;
}

/** Nesting of a path's container: every step goes one level deeper. */
function depthOf(path: Path): number {
  return path.length;
}
