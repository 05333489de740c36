const MAX_CELL = 400;
/** Control characters, escape sequences and direction overrides: nothing ingested may steer a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the very characters to be removed
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])|\u009b[0-?]*[ -/]*[@-~]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/g;

/** Ingested text as it may be shown: one line, no control or escape sequences, at most `max` characters. */
export function printable(text: string, max = MAX_CELL): string {
  const clean = withoutControls(text.slice(0, max * 4)).trim();
  return clean.length > max ? `${clean.slice(0, max - 1)}…` : clean;
}

/** Text without control and escape sequences, blanks at its ends kept. */
export function withoutControls(text: string): string {
  return text.replace(ESCAPES, "").replace(CONTROLS, " ");
}
