/** Rows of a value and the words that have it, separated by one blank (or by another separator).
 *  A hook looks up a handful of words and exits, so nothing is built but one native set of all words: a word of the set
 *  is then searched in the rows once, and remembered. Building a map of all words took ten times as long. */
export class WordTable<T> {
  readonly #rows: readonly (readonly [T, string])[];
  /** The rows' lists with a separator at both ends. */
  #lists: readonly string[] = [];
  readonly #separator: string;
  readonly #found = new Map<string, readonly T[]>();
  #all: ReadonlySet<string> | undefined;

  constructor(rows: readonly (readonly [T, string])[], separator = " ") {
    this.#rows = rows;
    this.#separator = separator;
  }

  /** Values of all rows that list the word, in the order of the rows. */
  all(word: string): readonly T[] {
    this.#all ??= this.#prepare();
    if (!this.#all.has(word)) return NONE;
    let found = this.#found.get(word);
    if (found === undefined) {
      const marked = this.#separator + word + this.#separator;
      found = this.#rows.filter((_, i) => this.#lists[i]?.includes(marked)).map((row) => row[0]);
      this.#found.set(word, found);
    }
    return found;
  }

  #prepare(): ReadonlySet<string> {
    this.#lists = this.#rows.map((row) => this.#separator + row[1] + this.#separator);
    return new Set(this.#lists.join("").split(this.#separator));
  }

  /** Value of the first row that lists the word. */
  first(word: string): T | undefined {
    return this.all(word)[0];
  }
}

const NONE: readonly never[] = [];

/** Words that can be asked for. */
export interface Words {
  has(word: string): boolean;
}

/** The words of a list, taken apart when the first is asked for. */
export function setOf(list: string): Words {
  let words: ReadonlySet<string> | undefined;
  return {
    has(word) {
      words ??= new Set(list.split(" "));
      return words.has(word);
    },
  };
}
