/** One simple command of a shell line. */
export interface SimpleCommand {
  /** Its first words, unquoted, at most `MAX_WORDS`. */
  words: string[];
  /** It reads the output of the command before it. */
  piped: boolean;
  /** File that its output goes to, or "". */
  target: string;
}

/** Limits that keep a hostile or generated command from costing more than a look. */
export const MAX_COMMANDS = 40;
export const MAX_WORDS = 12;
/** Of the whole line, here-documents and quoted texts included. */
const MAX_LINE = 65_536;
/** Of the line without them: a quoted text counts as 64 at most. */
const MAX_CHARS = 16_384;
const MAX_WORD_CHARS = 300;

const TAB = 9;
const NEWLINE = 10;
const SPACE = 32;
const DOUBLE = 34;
const HASH = 35;
const DOLLAR = 36;
const AND = 38;
const SINGLE = 39;
const OPEN = 40;
const CLOSE = 41;
const SEMICOLON = 59;
const LESS = 60;
const GREATER = 62;
const BACKSLASH = 92;
const BACKTICK = 96;
const PIPE = 124;

const HEREDOC = /<<-?[ \t]{0,8}["'\\]{0,2}([A-Za-z_]\w{0,40})/y;

/** Splits a POSIX shell or PowerShell line into its simple commands, in one pass. Quoted text stays one word, bodies of
 *  here-documents are left out, `$( )` and backticks outside quotes start commands of their own. Not a full parser:
 *  what it cannot follow ends up as a word that no table knows. */
export function simpleCommands(text: string): SimpleCommand[] {
  const line = text.length > MAX_LINE ? text.slice(0, MAX_LINE) : text;
  const lastNewline = line.lastIndexOf("\n");
  const commands: SimpleCommand[] = [];
  const heredocs: string[] = [];
  let command: SimpleCommand = { words: [], piped: false, target: "" };
  let word = "";
  let started = false;
  /** What the next word is: a plain word, a file to write, something to skip, or the end mark of a here-document. */
  let role: "word" | "target" | "skip" | "heredoc" = "word";
  let looked = 0;
  /** Open `$(` and whether a backtick is open. */
  let substitutions = 0;
  let backtick = false;
  /** The words behind a substitution belong to a command that was ended at it: they are left out. */
  let dropping = false;

  const endWord = () => {
    if (!started) return;
    if (role === "word") {
      if (!dropping && command.words.length < MAX_WORDS) command.words.push(word);
    } else if (role === "target") command.target = word;
    else if (role === "heredoc") heredocs.push(word);
    role = "word";
    word = "";
    started = false;
  };
  const endCommand = (piped: boolean) => {
    endWord();
    role = "word";
    if (command.words.length > 0 || command.target !== "") commands.push(command);
    command = { words: [], piped, target: "" };
    dropping = false;
  };
  const take = (from: number, to: number) => {
    started = true;
    if (word.length < MAX_WORD_CHARS) word += line.slice(from, Math.min(to, from + MAX_WORD_CHARS));
  };

  let i = 0;
  while (i < line.length && looked < MAX_CHARS && commands.length < MAX_COMMANDS) {
    const at = i;
    const code = line.charCodeAt(i++);
    if (code === NEWLINE) {
      endCommand(false);
      while (heredocs.length > 0) i = afterHeredoc(line, i, heredocs.shift() ?? "");
    } else if (code === SPACE || code === TAB || code === 13) endWord();
    else if (code === SINGLE || code === DOUBLE) {
      const end = closingQuote(line, i, code, lastNewline);
      take(i, end);
      i = end + 1;
    } else if (code === BACKSLASH) {
      if (line.charCodeAt(i) === NEWLINE) endWord();
      else take(i, i + 1);
      i++;
    } else if (code === PIPE || code === AND) {
      if (code === AND && line.charCodeAt(i) === GREATER) continue;
      const double = line.charCodeAt(i) === code;
      if (double) i++;
      endCommand(code === PIPE && !double);
    } else if (code === SEMICOLON || code === OPEN) endCommand(false);
    else if (code === CLOSE) {
      endCommand(false);
      dropping = substitutions > 0;
      if (dropping) substitutions--;
    } else if (code === BACKTICK) {
      endCommand(false);
      dropping = backtick;
      backtick = !backtick;
    } else if (code === HASH && !started) {
      const end = line.indexOf("\n", i);
      i = end < 0 ? line.length : end;
    } else if (code === LESS && line.charCodeAt(i) === LESS) {
      endWord();
      i++;
      if (line.charCodeAt(i) === LESS) i++;
      else {
        role = "heredoc";
        if (line.charCodeAt(i) === 45) i++;
      }
      if (role !== "heredoc") role = "skip";
    } else if (code === LESS) {
      endWord();
      role = "skip";
    } else if (code === GREATER) {
      const descriptor = started && /^[0-9]$/.test(word);
      const toError = descriptor && word !== "1";
      if (descriptor) {
        word = "";
        started = false;
      }
      endWord();
      if (line.charCodeAt(i) === GREATER) i++;
      if (line.charCodeAt(i) === AND) {
        i++;
        role = "skip";
      } else role = toError ? "skip" : "target";
    } else if (code === DOLLAR && line.charCodeAt(i) === OPEN) {
      substitutions++;
      i++;
      endCommand(false);
    } else {
      while (i < line.length && i - at < MAX_WORD_CHARS && isPlain(line.charCodeAt(i))) i++;
      take(at, i);
    }
    looked += Math.min(i - at, 64);
  }
  endCommand(false);
  return commands;
}

/** Neither blank nor of meaning to the shell. */
function isPlain(code: number): boolean {
  if (code >= 128 || code === 95 || code === 45 || code === 46 || code === 47) return true;
  return (code >= 97 && code <= 122) || (code >= 64 && code <= 90) || (code >= 48 && code <= 58);
}

/** Place of the closing quote. A here-document inside double quotes, as in `-m "$(cat <<EOF ...`, is passed over. */
function closingQuote(line: string, from: number, quote: number, lastNewline: number): number {
  if (quote === SINGLE) {
    const end = line.indexOf("'", from);
    return end < 0 ? line.length : end;
  }
  let i = from;
  while (i < line.length) {
    const code = line.charCodeAt(i);
    if (code === quote) return i;
    if (code === LESS && line.charCodeAt(i + 1) === LESS) {
      HEREDOC.lastIndex = i;
      const mark = i < lastNewline ? HEREDOC.exec(line)?.[1] : undefined;
      i = mark === undefined ? i + 2 : afterHeredoc(line, line.indexOf("\n", i) + 1, mark);
    } else i += code === BACKSLASH ? 2 : 1;
  }
  return line.length;
}

/** Place after the line that ends a here-document; the end of the text where no line does. */
function afterHeredoc(line: string, from: number, mark: string): number {
  let start = from;
  while (start < line.length) {
    const found = line.indexOf("\n", start);
    const end = found < 0 ? line.length : found;
    if (end - start < mark.length + 64 && line.slice(start, end).trim() === mark) return Math.min(end + 1, line.length);
    start = end + 1;
  }
  return line.length;
}
