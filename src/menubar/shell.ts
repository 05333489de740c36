/** One word of a POSIX shell's command line: quoted where it has to be. */
export function shellQuoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Whether a word can stand in a line of text at all: no control character, no end of a line, nothing that is no Unicode. */
export function isOneLine(word: string): boolean {
  return word.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(word);
}
