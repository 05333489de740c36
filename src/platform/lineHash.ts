import { hash64, hashHigh, hashLow } from "./hash.ts";

/** Hashes of source lines, by which lines are recognised without keeping their text. */

/** Bytes of one line in a packed list: a 64-bit hash of the line, a 32-bit one of what a formatter leaves of it. */
export const LINE_BYTES = 12;

/** A line's hashes, in the order in which they are packed. */
export interface LineHash {
  high: number;
  low: number;
  loose: number;
}

/** The line without trailing white space: editors and CRLF checkouts change that, authors do not. */
function strictText(line: string): string {
  return line.trimEnd();
}

/** What formatters leave alone: no white space, one kind of quote, no semicolon or comma at the end, no brackets around a lone name. */
function looseText(line: string): string {
  return line
    .replace(/\s+/g, "")
    .replace(/['`]/g, '"')
    .replace(/[;,]+$/, "");
}

/** Whether a line says too little to be anybody's: it has fewer than four characters beside brackets and punctuation, or is one of the few
 *  words that stand alone everywhere. */
export function isTrivial(line: string): boolean {
  const bare = line.replace(/[^\p{L}\p{N}_$]+/gu, "");
  return bare.length < 4 || COMMON.has(bare);
}

const COMMON = new Set([
  "else",
  "break",
  "continue",
  "return",
  "returnnull",
  "returntrue",
  "returnfalse",
  "returnundefined",
  "default",
  "finally",
  "then",
  "done",
  "endif",
  "pass",
  "None",
  "null",
  "true",
  "false",
  "begin",
  "elsereturn",
  "try",
  "loop",
  "returnNone",
  "returnTrue",
  "returnFalse",
  "returnnil",
  "returnresult",
  "returnerr",
  "iferrnil",
  "usestrict",
  "div",
  "span",
]);

/** Hashes of one line. */
export function hashLine(line: string): LineHash {
  hash64(strictText(line));
  const high = hashHigh;
  const low = hashLow;
  hash64(looseText(line));
  return { high, low, loose: (hashLow ^ hashHigh) >>> 0 };
}

/** Packs hunks of lines; hunks are separated by a line of zeros, so that neighbours in the list are neighbours in the file. */
export function packLines(hunks: readonly (readonly string[])[]): Uint8Array {
  const full = hunks.filter((hunk) => hunk.length > 0);
  const count = full.reduce((sum, hunk) => sum + hunk.length, 0) + Math.max(0, full.length - 1);
  const words = new Uint32Array(count * 3);
  let at = 0;
  for (const [n, hunk] of full.entries()) {
    if (n > 0) at += 3;
    for (const line of hunk) {
      const { high, low, loose } = hashLine(line);
      words[at++] = high;
      words[at++] = low;
      words[at++] = loose;
    }
  }
  return new Uint8Array(words.buffer);
}

/** The packed words again, three a line. */
export function unpackLines(bytes: Uint8Array): Uint32Array {
  const copy = bytes.slice(0, bytes.length - (bytes.length % LINE_BYTES));
  return new Uint32Array(copy.buffer);
}
