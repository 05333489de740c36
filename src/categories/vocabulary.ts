import { type IntentName, mention } from "./flags.ts";
import { OTHER_WORDS, SEQUENCES } from "./languages.ts";
import { wordsOf } from "./lists.ts";
import { PHRASES, type Row, type Standing, WORDS } from "./words.ts";

/** What a word or a phrase tells. */
export interface Entry {
  /** The intent, or undefined for words that only set `flags` or open a window. */
  intent?: IntentName;
  standing: Standing;
  flags: number;
  /** A verb whose object decides: "write tests" asks for tests, "write a PR description" for git. */
  light: boolean;
}

/** Words after a weak word that take its sting away: "error handling", "issue list", "issue #12". */
export const HARMLESS_AFTER = new Set(
  wordsOf(`
    handling handler handlers message messages type types code codes page pages boundary list tracker template
    templates class classes response responses rate budget number heading comments label title
  `),
);

/** Words before a verb with which it asks for nothing: "don't add", "I'll add that myself". */
export const NEGATIONS = new Set(
  wordsOf("don't dont not never without i'll i've i'd won't didn't no nicht pas no não stop avoid already you've"),
);

/** Words after which a clause begins. */
export const CLAUSE_OPENERS = new Set(
  wordsOf(`
      please then and now to can could would you let's lets just also first next we i should okay ok yes go so
      must will bitte s'il te plait por favor und then, e y et but or quick help me let us pls plz hey again maybe
      do don't kannst du peux-tu puedes pode você i'd like want need try and/or after before when
  `),
);

/** Words that end the reach of a light verb: what follows is no longer its object. */
export const WINDOW_ENDS = new Set(
  wordsOf("for of to in on with from that which so and when if from into because für von mit para de pour em por"),
);

export interface Vocabulary {
  words: ReadonlyMap<string, readonly Entry[]>;
  phrases: ReadonlyMap<string, Entry>;
  /** Last words of all phrases: only at these is a phrase looked for. */
  phraseEnds: ReadonlySet<string>;
  sequences: ReadonlyMap<string, Entry>;
  /** First characters of all sequences. */
  sequenceStarts: ReadonlySet<string>;
}

let built: Vocabulary | undefined;

/** The tables, built at the first use: a hook that meets no prompt never pays for them. */
export function vocabulary(): Vocabulary {
  built ??= build();
  return built;
}

/** Items between commas, of a list that may go over several lines. */
function phrasesOf(list: string): string[] {
  return list.split(",").map((item) => item.trim());
}

function entryOf([standing, intent, , flags = 0]: Row): Entry {
  if (intent === "flag") return { standing, flags, light: false };
  if (intent === "light") return { standing, flags: 0, light: true };
  return { intent, standing, flags: mention(intent), light: false };
}

function build(): Vocabulary {
  const words = new Map<string, Entry[]>();
  for (const row of [...WORDS, ...OTHER_WORDS]) {
    for (const word of wordsOf(row[2])) {
      const entries = words.get(word);
      if (entries === undefined) words.set(word, [entryOf(row)]);
      else entries.push(entryOf(row));
    }
  }
  const phrases = new Map<string, Entry>();
  for (const row of PHRASES) for (const phrase of phrasesOf(row[2])) phrases.set(phrase, entryOf(row));
  const sequences = new Map<string, Entry>();
  for (const row of SEQUENCES) for (const sequence of phrasesOf(row[2])) sequences.set(sequence, entryOf(row));
  return {
    words,
    phrases,
    phraseEnds: new Set([...phrases.keys()].map((phrase) => phrase.slice(phrase.lastIndexOf(" ") + 1))),
    sequences,
    sequenceStarts: new Set([...sequences.keys()].map((sequence) => sequence.charAt(0))),
  };
}
