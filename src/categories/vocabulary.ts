import { type IntentName, mention } from "./flags.ts";
import { OTHER_WORDS, SEQUENCES } from "./languages.ts";
import { setOf, WordTable } from "./lists.ts";
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
export const HARMLESS_AFTER = setOf(
  "handling handler handlers message messages type types code codes page pages boundary list tracker " +
    "template templates class classes response responses rate budget number heading comments label " +
    "title",
);

/** Words before a verb with which it asks for nothing: "don't add", "I'll add that myself". */
export const NEGATIONS = setOf(
  "don't dont not never without i'll i've i'd won't didn't no nicht pas no não stop avoid already you've",
);

/** Words after which a clause begins. */
export const CLAUSE_OPENERS = setOf(
  "please then and now to can could would you let's lets just also first next we i should okay ok " +
    "yes go so must will bitte s'il te plait por favor und then, e y et but or quick help me let us " +
    "pls plz hey again maybe do don't kannst du peux-tu puedes pode você i'd like want need try and/or " +
    "after before when",
);

/** Words that end the reach of a light verb: what follows is no longer its object. */
export const WINDOW_ENDS = setOf(
  "for of to in on with from that which so and when if from into because für von mit para de pour em por",
);

const SEPARATOR = ", ";

let words: WordTable<Entry> | undefined;
let phrases: WordTable<Entry> | undefined;
let sequences: WordTable<Entry> | undefined;

/** What a word tells; it may tell several things, each with a standing of its own. */
export function wordEntries(word: string): readonly Entry[] {
  words ??= new WordTable([...WORDS, ...OTHER_WORDS].map((row) => [entryOf(row), row[2]]));
  return words.all(word);
}

let phraseEnds: ReadonlySet<string> | undefined;

/** Words after which the set of last words pays for itself: a hook reads fewer, a scan of a history far more. */
const FEW_WORDS = 100;
let wordsMet = 0;

/** Whether a phrase may end with this word. Saves a scan the making of two strings at almost every word. */
export function endsPhrase(word: string): boolean {
  if (wordsMet < FEW_WORDS) {
    wordsMet++;
    return true;
  }
  phraseEnds ??= new Set(
    PHRASES.flatMap((row) => row[2].split(SEPARATOR).map((phrase) => phrase.slice(phrase.lastIndexOf(" ") + 1))),
  );
  return phraseEnds.has(word);
}

/** What a phrase tells; its words are separated by one blank. */
export function phraseEntry(phrase: string): Entry | undefined {
  phrases ??= new WordTable(
    PHRASES.map((row) => [entryOf(row), row[2]]),
    SEPARATOR,
  );
  return phrases.first(phrase);
}

/** What some characters of Chinese or Japanese tell. */
export function sequenceEntry(characters: string): Entry | undefined {
  sequences ??= new WordTable(
    SEQUENCES.map((row) => [entryOf(row), row[2]]),
    ",",
  );
  return sequences.first(characters);
}

function entryOf([standing, intent, , flags = 0]: Row): Entry {
  if (intent === "flag") return { standing, flags, light: false };
  if (intent === "light") return { standing, flags: 0, light: true };
  return { intent, standing, flags: mention(intent), light: false };
}
