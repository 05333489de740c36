import { UserError } from "../../../platform/errors.ts";
import { hookCommand, ownBinary } from "./command.ts";
import type { WiredEvent } from "./events.ts";
import { append, type Layout, layoutOf, type Path, remove, replace } from "./jsonEdit.ts";
import { type HookEntry, type HookSettings, notJsonLine, readHooks, splitBom } from "./settings.ts";
import { readStatuslineEntry, type StatuslineEntry, unwireStatusline, wireStatusline } from "./statusline.ts";

/** A change of settings.json, worked out but not carried out. */
export interface Plan {
  changed: boolean;
  /** The text as it was read, "" where there was no file. */
  before: string;
  after: string;
  /** What the user should know, one sentence each. */
  notes: string[];
}

/** Wires the events in, and takes out what is wired and no longer wanted. Only our own entries are added, changed or removed; every other
 *  byte stays. `text` is null where there is no file. Throws a {@link UserError} for a file that is no settings file, and for an
 *  executable of another name. */
export function planInstall(options: {
  text: string | null;
  binaryPath: string;
  events: readonly WiredEvent[];
  /** Also the statusline. One of ours that is there already follows the executable in any case. */
  statusline?: boolean;
}): Plan {
  const { text, binaryPath, events } = options;
  if (ownBinary(hookCommand(binaryPath, "Stop")) === null)
    throw new UserError(
      `hooks that start ${binaryPath} could not be told from those of others later: the executable must be called cc-ledger`,
      "Rename it, or link to it by that name and give the link with --binary.",
    );
  const settings = new SettingsEditor(text ?? "");
  const former = new Set(settings.read().entries.flatMap(({ binary }) => binary ?? []));
  for (const name of settings.read().events.toReversed()) {
    if (!events.some((event) => event.name === name)) settings.removeOwn(name);
  }
  for (const event of events) settings.wire(event, hookCommand(binaryPath, event.name));
  const { entries, disableAllHooks } = settings.read();
  const statusline = settings.statusline();
  if (options.statusline === true || (statusline !== null && statusline.binary !== null))
    settings.wireStatusline(binaryPath);
  const current = new Set(entries.flatMap(({ binary }) => binary ?? []));
  const notes = [...former].filter((path) => !current.has(path)).map((path) => `The hooks no longer start ${path}.`);
  if (events.length === 0) notes.push("This version of Claude Code knows no hooks; nothing is wired in.");
  if (options.statusline === true && statusline?.binary === null)
    notes.push(
      `The statusline that is there is kept, and the line of cc-ledger stands below it: ${statusline.original}`,
    );
  if (disableAllHooks)
    notes.push('"disableAllHooks" is true in settings.json: no hook and no statusline runs before that is changed.');
  const oddLine = notJsonLine(settings.body());
  if (oddLine !== null)
    notes.push(
      `settings.json has a comment or a trailing comma in line ${oddLine}: Claude Code (seen with 2.1.330) loads nothing of such a file, so no hook runs before it is gone.`,
    );
  return settings.plan(notes);
}

/** Takes every entry of ours out again, and what was only made to hold it. A file unchanged since the install is as it was before, to the
 *  byte; one that the install made holds an empty object. Throws a {@link UserError} for a file that is no settings file. */
export function planUninstall(options: { text: string | null; only?: "statusline" }): Plan {
  const text = options.text ?? "";
  if (splitBom(text).body.trim() === "") return { changed: false, before: text, after: text, notes: [] };
  const settings = new SettingsEditor(text);
  settings.unwireStatusline();
  if (options.only === undefined) for (const name of settings.read().events.toReversed()) settings.removeOwn(name);
  return settings.plan([]);
}

/** Edits the text in place, so that comments, order and layout survive. */
class SettingsEditor {
  readonly #before: string;
  readonly #bom: string;
  readonly #layout: Layout;
  #body: string;
  #settings: HookSettings;

  constructor(text: string) {
    const { bom, body } = splitBom(text);
    this.#before = text;
    this.#bom = bom;
    this.#body = body.trim() === "" ? "{}\n" : body;
    this.#settings = readHooks(this.#body);
    this.#layout = layoutOf(this.#body);
  }

  read(): HookSettings {
    return this.#settings;
  }

  body(): string {
    return this.#body;
  }

  plan(notes: string[]): Plan {
    const after = this.#bom + this.#body;
    return { changed: after !== this.#before, before: this.#before, after, notes };
  }

  statusline(): StatuslineEntry | null {
    return readStatuslineEntry(this.#body);
  }

  wireStatusline(binaryPath: string): void {
    this.#set(wireStatusline(this.#body, binaryPath, this.#layout));
  }

  unwireStatusline(): void {
    this.#set(unwireStatusline(this.#body));
  }

  /** Makes the event hold exactly one entry of ours, with this command. One that stands in a fitting block stays where it is. */
  wire(event: WiredEvent, command: string): void {
    const value = { type: "command", command, timeout: event.timeoutS, ...(event.async && { async: true }) };
    this.removeOwn(
      event.name,
      this.#own(event.name).find(({ matcher }) => sameMatcher(matcher, event.matcher)),
    );
    const [kept] = this.#own(event.name);
    if (kept !== undefined) {
      if (JSON.stringify(kept.value) !== JSON.stringify(value))
        this.#set(replace(this.#body, kept.path, value, this.#layout));
      return;
    }
    const block = { ...(event.matcher !== undefined && { matcher: event.matcher }), hooks: [value] };
    if (!this.#settings.hasHooks) this.#append([], "hooks", { [event.name]: [block] });
    else if (!this.#settings.events.includes(event.name)) this.#append(["hooks"], event.name, [block]);
    else this.#append(["hooks", event.name], null, block);
  }

  /** Takes our entries out of an event, the last first, with blocks that held nothing else. `keep` stays. */
  removeOwn(event: string, keep?: HookEntry): void {
    for (const entry of this.#own(event).toReversed()) {
      if (entry.path.join() === keep?.path.join()) continue;
      const { siblings } = this.#own(event).find(({ path }) => path.join() === entry.path.join()) ?? entry;
      this.#set(remove(this.#body, siblings > 1 ? entry.path : entry.blockPath));
    }
  }

  #own(event: string): HookEntry[] {
    return this.#settings.entries.filter((entry) => entry.event === event && entry.binary !== null);
  }

  #append(path: Path, key: string | null, value: unknown): void {
    this.#set(append(this.#body, path, key, value, this.#layout));
  }

  #set(body: string): void {
    this.#body = body;
    this.#settings = readHooks(body);
  }
}

/** Whether a block's matcher is the one wanted; none, "" and "*" all mean every occurrence. */
function sameMatcher(found: unknown, wanted: string | undefined): boolean {
  return found === wanted || (wanted === undefined && (found === "" || found === "*"));
}
