import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { UserError } from "../../../platform/errors.ts";
import { objectOf, type Row } from "../rows.ts";
import { hookCommand, ownBinary } from "./command.ts";
import type { WiredEvent } from "./events.ts";
import { append, type Layout, layoutOf, remove } from "./jsonEdit.ts";

/** A change of settings.json, worked out but not carried out. */
export interface Plan {
  changed: boolean;
  before: string;
  after: string;
  notes: string[];
}

interface Block extends Row {
  matcher?: unknown;
  hooks?: unknown;
}

/** Wires the hooks in. Only our own entries are added, changed or taken out; every other byte stays. Throws a {@link UserError} for
 *  a file that is no settings file. */
export function planInstall(options: { text: string | null; binaryPath: string; events: readonly WiredEvent[] }): Plan {
  const { text, binaryPath, events } = options;
  const before = text ?? "";
  const editor = new SettingsEditor(text === null || text.trim() === "" ? "{}\n" : text);
  for (const name of editor.eventNames()) {
    if (!events.some((event) => event.name === name)) editor.removeOwn(name);
  }
  for (const event of events) editor.wire(event, hookCommand(binaryPath, event.name));
  const after = editor.text;
  return { changed: after !== before, before, after, notes: [] };
}

/** Takes every entry of ours out again, and what only held it. */
export function planUninstall(options: { text: string | null }): Plan {
  const before = options.text ?? "";
  if (before.trim() === "") return { changed: false, before, after: before, notes: [] };
  const editor = new SettingsEditor(before);
  for (const name of editor.eventNames()) editor.removeOwn(name);
  return { changed: editor.text !== before, before, after: editor.text, notes: [] };
}

/** Edits the text in place, so that comments, order and indentation survive. */
class SettingsEditor {
  text: string;
  readonly #bom: string;
  readonly #layout: Layout;

  constructor(text: string) {
    this.#bom = text.startsWith("\ufeff") ? "\ufeff" : "";
    this.text = text;
    this.#layout = layoutOf(text);
    this.#settings();
  }

  eventNames(): string[] {
    return Object.keys(this.#hooks() ?? {});
  }

  /** Makes the event hold exactly one entry of ours, with this command. */
  wire(event: WiredEvent, command: string): void {
    const blocks = this.#blocks(event.name);
    const entry = { type: "command", command, timeout: event.timeoutS, ...(event.async && { async: true }) };
    const own = ownPlaces(blocks);
    const [first] = own;
    const settled =
      own.length === 1 &&
      first !== undefined &&
      (blocks[first.block]?.matcher ?? undefined) === event.matcher &&
      JSON.stringify(first.entry) === JSON.stringify(entry);
    if (settled) return;
    this.removeOwn(event.name);
    const block = { ...(event.matcher !== undefined && { matcher: event.matcher }), hooks: [entry] };
    if (this.#hooks() === null) this.#append([], "hooks", {});
    if (this.#hooks()?.[event.name] === undefined) this.#append(["hooks"], event.name, []);
    this.#append(["hooks", event.name], null, block);
  }

  /** Takes our entries out of an event, with blocks and keys that held nothing else. */
  removeOwn(event: string): void {
    for (
      let own = ownPlaces(this.#blocks(event)).at(-1);
      own !== undefined;
      own = ownPlaces(this.#blocks(event)).at(-1)
    ) {
      const blocks = this.#blocks(event);
      const alone = Array.isArray(blocks[own.block]?.hooks) && (blocks[own.block]?.hooks as unknown[]).length === 1;
      if (!alone) this.#remove(["hooks", event, own.block, "hooks", own.hook]);
      else if (blocks.length > 1) this.#remove(["hooks", event, own.block]);
      else if (Object.keys(this.#hooks() ?? {}).length > 1) this.#remove(["hooks", event]);
      else this.#remove(["hooks"]);
    }
  }

  #settings(): Row {
    const errors: ParseError[] = [];
    const body = this.text.slice(this.#bom.length);
    const value: unknown = parse(body, errors, { allowTrailingComma: true, disallowComments: false });
    const [error] = errors;
    if (error !== undefined) {
      const upTo = body.slice(0, error.offset).split("\n");
      throw new UserError(
        `settings.json is broken at line ${upTo.length}, column ${(upTo.at(-1) ?? "").length + 1}: ${printParseErrorCode(error.error)}`,
        "Mend it first; nothing was written.",
      );
    }
    const settings = objectOf(value);
    if (settings === null) throw new UserError("settings.json holds no object", "Mend it first; nothing was written.");
    return settings;
  }

  #hooks(): Row | null {
    const { hooks } = this.#settings();
    if (hooks === undefined) return null;
    const object = objectOf(hooks);
    if (object === null)
      throw new UserError('"hooks" in settings.json is no object', "Mend it first; nothing was written.");
    return object;
  }

  #blocks(event: string): Block[] {
    const value = this.#hooks()?.[event];
    if (value === undefined) return [];
    if (!Array.isArray(value))
      throw new UserError(`"hooks.${event}" in settings.json is no list`, "Mend it first; nothing was written.");
    return value.map((block) => objectOf(block) ?? {});
  }

  #append(path: (string | number)[], key: string | null, value: unknown): void {
    this.text = this.#bom + append(this.text.slice(this.#bom.length), path, key, value, this.#layout);
  }

  #remove(path: (string | number)[]): void {
    this.text = this.#bom + remove(this.text.slice(this.#bom.length), path);
  }
}

function ownPlaces(blocks: readonly Block[]): { block: number; hook: number; entry: Row }[] {
  return blocks.flatMap((block, at) =>
    (Array.isArray(block.hooks) ? block.hooks : []).flatMap((value: unknown, hook: number) => {
      const entry = objectOf(value);
      const command = entry?.command;
      return entry !== null && typeof command === "string" && ownBinary(command) !== null
        ? [{ block: at, hook, entry }]
        : [];
    }),
  );
}
