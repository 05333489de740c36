import { TextFlag } from "./flags.ts";
import { IntentReader } from "./reader.ts";
import { slashCommand } from "./slash.ts";
import { sequenceEntry } from "./vocabulary.ts";

/** How much of a text is looked at: its beginning, and its end, where the question stands behind a pasted log. */
export const LOOK_START = 4_000;
export const LOOK_END = 1_000;

/** A question of fewer words is taken as a remark: "are you sure?". */
const QUESTION_WORDS = 7;
const LONGEST_SEQUENCE = 6;
const LONGEST_WORD = 40;

/** What stands in a prompt for a pasted image. */
const IMAGE = /\[image[^\]\n]{0,20}\]/g;

const TRACES = [
  "Traceback (most recent",
  "Exception in thread",
  "Undefined symbols for",
  "npm ERR!",
  "panicked at",
  "error TS",
  "error[E",
];

/** What a prompt's text tells, as a mask of `head(...)`, `mention(...)` and `TextFlag` bits. One pass over at most
 *  `LOOK_START + LOOK_END` characters; the text itself is not kept. */
export function textFlags(text: string): number {
  const long = text.length > LOOK_START + LOOK_END;
  const reader = new IntentReader();
  let start = long ? text.slice(0, LOOK_START) : text;
  const command = slashCommand(start);
  if (command !== null) {
    if (command.local) return TextFlag.local | TextFlag.said;
    if (command.intent !== undefined) reader.lead(command.intent);
    reader.words++;
    start = command.args;
  }
  let asks = readPart(start, reader);
  if (long) {
    const end = text.slice(text.length - LOOK_END);
    // The cut may lie inside a fenced log: then what is asked stands behind the fence's end.
    const fence = start.split("```").length % 2 === 0 ? end.indexOf("```") : -1;
    reader.endClause();
    asks = readPart(fence < 0 ? end : end.slice(fence + 3), reader) || asks;
  }
  const flags = reader.finish();
  return asks && reader.words >= QUESTION_WORDS ? flags | TextFlag.question : flags;
}

function readPart(part: string, reader: IntentReader): boolean {
  for (const trace of TRACES) if (part.includes(trace)) reader.flags |= TextFlag.trace;
  if (part.includes("@agent-")) reader.flags |= TextFlag.delegate;
  return read(part.toLowerCase().replaceAll("’", "'").replace(IMAGE, " "), reader);
}

/** Cuts the text into words and hands them over. Answers whether a question mark was met. */
function read(text: string, reader: IntentReader): boolean {
  let asks = false;
  let i = 0;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (isWordCode(code)) {
      const end = wordEnd(text, i);
      const next = opaqueEnd(text, end);
      if (next > end || end - i > LONGEST_WORD || isDigit(code)) {
        const plain = next === end && end - i <= LONGEST_WORD;
        if (plain) reader.word(text.slice(i, end));
        else reader.opaque();
      } else reader.word(trimmed(text.slice(i, end)));
      i = next;
    } else if (code >= 0x3000) {
      i = sequenceAt(text, i, reader);
      if (code === 0xff1f) asks = true;
    } else {
      if (code === 63) asks = true;
      if (code === 96) {
        i = afterCode(text, i);
        continue;
      }
      // A path, an option, a mention: `/pricing`, `--json`, `@agent-x`, `.env`.
      const glued =
        (code === 47 || code === 64 || code === 46 || code === 36 || code === 45 || code === 92) &&
        isWordCode(text.charCodeAt(i + 1));
      if (glued && (i === 0 || text.charCodeAt(i - 1) <= 32)) {
        reader.opaque();
        i = opaqueEnd(text, wordEnd(text, i + 1));
        continue;
      }
      if (endsClause(code)) reader.endClause();
      i++;
    }
  }
  return asks;
}

function sequenceAt(text: string, at: number, reader: IntentReader): number {
  reader.words++;
  for (let length = LONGEST_SEQUENCE; length >= 2; length--) {
    const entry = sequenceEntry(text.slice(at, at + length));
    if (entry !== undefined) {
      reader.sequence(entry);
      return at + length;
    }
  }
  return at + 1;
}

/** Letters, digits, `_`, `'`, and the accented letters of European languages. */
function isWordCode(code: number): boolean {
  if (code >= 97 && code <= 122) return true;
  return isDigit(code) || code === 95 || (code >= 0xc0 && code < 0x2000 && code !== 0xd7 && code !== 0xf7);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function wordEnd(text: string, from: number): number {
  let i = from;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    // `-` and `'` join letters: cherry-pick, don't.
    if (!isWordCode(code) && !((code === 45 || code === 39) && isWordCode(text.charCodeAt(i + 1)))) break;
    i++;
  }
  return i;
}

/** End of a run such as `src/a.ts:3`, `a=b` or `user@host` that begins with a word; `from` where the word is alone. */
function opaqueEnd(text: string, from: number): number {
  let i = from;
  while (i + 1 < text.length) {
    const code = text.charCodeAt(i);
    const joins = code === 47 || code === 46 || code === 92 || code === 58 || code === 64 || code === 61 || code === 40;
    if (!joins || text.charCodeAt(i + 1) <= 32 || !(isWordCode(text.charCodeAt(i + 1)) || code === 47)) break;
    i = wordEnd(text, i + 1);
  }
  return i;
}

/** Place behind code in backticks, which is not prose; an unpaired backtick is passed over alone. */
function afterCode(text: string, at: number): number {
  const mark = text.startsWith("```", at) ? "```" : "`";
  const end = text.indexOf(mark, at + mark.length);
  if (end < 0) return mark === "`" ? at + 1 : text.length;
  return mark === "`" && end - at > 200 ? at + 1 : end + mark.length;
}

function endsClause(code: number): boolean {
  return (
    code === 10 ||
    code === 44 ||
    code === 46 ||
    code === 33 ||
    code === 63 ||
    code === 58 ||
    code === 59 ||
    code === 40 ||
    code === 0xbf
  );
}

function trimmed(word: string): string {
  return word.endsWith("'s") && word !== "what's" && word !== "let's" && word !== "that's" ? word.slice(0, -2) : word;
}
