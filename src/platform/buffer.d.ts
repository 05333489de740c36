/** Slices that the runtime offers on every Buffer and its types leave out; they skip the look-up of the encoding. */
interface Buffer {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
}
