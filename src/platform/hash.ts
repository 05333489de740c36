/** 64-bit hashes of identifiers, as two unsigned halves and as the signed integer that SQLite stores.
 *  Own code, not the runtime's: the book keeps these for ever, so the function must never change.
 *  A collision merges two calls; at five million keys its chance is below one in a million. */

const words = new Uint32Array(2);
const signed = new BigInt64Array(words.buffer);

/** High half of the last {@link hash64}; valid until the next call. */
export let hashHigh = 0;
/** Low half of the last {@link hash64}; valid until the next call. */
export let hashLow = 0;

/** Hashes a string into {@link hashHigh} and {@link hashLow}: two multiplicative streams with a final avalanche. */
export function hash64(text: string): void {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  hashHigh = b >>> 0;
  hashLow = a >>> 0;
}

/** The two halves as the signed 64-bit integer under which the book files them. */
export function toKey(high: number, low: number): bigint {
  words[0] = low;
  words[1] = high;
  return signed[0] as bigint;
}

/** Key of a string in one step. */
export function keyOf(text: string): bigint {
  hash64(text);
  return toKey(hashHigh, hashLow);
}
