/** One word of a POSIX shell's command line: quoted where it has to be. Control characters have no business in a path or an id. */
export function shellQuoted(word: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the very characters to be removed
  const clean = word.replace(/[\u0000-\u001f\u007f]/g, "");
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", "'\\''")}'`;
}
