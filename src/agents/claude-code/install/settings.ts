import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { UserError } from "../../../platform/errors.ts";
import { ownBinary } from "./command.ts";
import { PARSING, type Path } from "./jsonEdit.ts";

/** One hook in the settings. */
export interface HookEntry {
  event: string;
  path: Path;
  /** Path of its block, and how many entries stand in that. */
  blockPath: Path;
  siblings: number;
  matcher: unknown;
  value: unknown;
  /** The executable, where the entry is ours. */
  binary: string | null;
}

/** What settings.json says of hooks. */
export interface HookSettings {
  hasHooks: boolean;
  /** Names of the events under `hooks`, in their order, empty lists included. */
  events: string[];
  /** Every hook, in the order of the file. */
  entries: HookEntry[];
  disableAllHooks: boolean;
}

const HINT = "Mend it first; nothing was written.";
const BOM = "\ufeff";

/** The text without its byte order mark, and that mark. */
export function splitBom(text: string): { bom: string; body: string } {
  return text.startsWith(BOM) ? { bom: BOM, body: text.slice(1) } : { bom: "", body: text };
}

/** Reads the hooks of a settings text, without byte order mark. Throws a {@link UserError} with line and column where the text is broken,
 *  the root or `hooks` is no object, an event is no list, or a name stands there twice (the client takes the last, an edit would meet
 *  the first). Blocks and entries of other shapes are somebody else's. */
export function readHooks(body: string): HookSettings {
  const root = treeOf(body);
  if (root?.type !== "object") throw shapeError(body, root, "the file", "an object");
  const hooks = member(body, root, "hooks", "hooks");
  if (hooks !== undefined && hooks.type !== "object") throw shapeError(body, hooks, '"hooks"', "an object");
  const events: string[] = [];
  const entries: HookEntry[] = [];
  for (const property of hooks?.children ?? []) {
    const event = String(property.children?.[0]?.value);
    if (events.includes(event)) throw twiceError(body, property, `hooks.${event}`);
    events.push(event);
    const list = property.children?.[1];
    if (list?.type !== "array") throw shapeError(body, list, `"hooks.${event}"`, "a list");
    list.children?.forEach((block, at) => {
      entries.push(...entriesOf(body, block, event, ["hooks", event, at]));
    });
  }
  const disabled = member(body, root, "disableAllHooks", "disableAllHooks");
  return {
    hasHooks: hooks !== undefined,
    events,
    entries,
    disableAllHooks: disabled?.value === true,
  };
}

function treeOf(body: string): Node | undefined {
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(body, errors, PARSING);
  } catch (error) {
    if (error instanceof RangeError) throw new UserError("settings.json is nested too deeply", HINT);
    throw error;
  }
  const [error] = errors;
  if (error !== undefined)
    throw new UserError(
      `settings.json is broken at ${place(body, error.offset)}: ${printParseErrorCode(error.error)}`,
      HINT,
    );
  return root;
}

function entriesOf(body: string, block: Node, event: string, blockPath: Path): HookEntry[] {
  const list = member(body, block, "hooks", `${blockPath.join(".")}.hooks`);
  const matcher = lastMember(block, "matcher");
  if (list?.type !== "array") return [];
  const siblings = list.children?.length ?? 0;
  return (list.children ?? []).map((node, at) => {
    const command = lastMember(node, "command")?.value;
    return {
      event,
      path: [...blockPath, "hooks", at],
      blockPath,
      siblings,
      matcher: matcher === undefined ? undefined : getNodeValue(matcher),
      value: getNodeValue(node),
      binary: typeof command === "string" ? ownBinary(command) : null,
    };
  });
}

/** The value of a member; throws where the name stands there twice. */
function member(body: string, object: Node, key: string, label: string): Node | undefined {
  const [first, second] = properties(object, key);
  if (second !== undefined) throw twiceError(body, second, label);
  return first?.children?.[1];
}

function lastMember(object: Node, key: string): Node | undefined {
  return properties(object, key).at(-1)?.children?.[1];
}

function properties(object: Node, key: string): Node[] {
  return object.type === "object" ? (object.children ?? []).filter(({ children }) => children?.[0]?.value === key) : [];
}

/** Line of the first comment or trailing comma, null where there is none. The client refuses a file that has one. */
export function notJsonLine(body: string): number | null {
  const errors: ParseError[] = [];
  parseTree(body, errors, { allowTrailingComma: false, disallowComments: true });
  const [first] = errors;
  return first === undefined ? null : lineAndColumn(body, first.offset).line;
}

function shapeError(body: string, node: Node | undefined, what: string, wanted: string): UserError {
  const found = node === undefined ? "nothing" : node.type === "array" ? "a list" : `a value of type ${node.type}`;
  return new UserError(`settings.json, ${place(body, node?.offset ?? 0)}: ${what} is ${found}, not ${wanted}`, HINT);
}

function twiceError(body: string, node: Node, label: string): UserError {
  return new UserError(`settings.json, ${place(body, node.offset)}: "${label}" stands there twice`, HINT);
}

function place(body: string, offset: number): string {
  const { line, column } = lineAndColumn(body, offset);
  return `line ${line}, column ${column}`;
}

function lineAndColumn(body: string, offset: number): { line: number; column: number } {
  const lines = body.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}
