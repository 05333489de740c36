import { head, type IntentName, mention, TextFlag } from "./flags.ts";
import { setOf } from "./lists.ts";
import {
  CLAUSE_OPENERS,
  type Entry,
  endsPhrase,
  HARMLESS_AFTER,
  NEGATIONS,
  phraseEntry,
  WINDOW_ENDS,
  wordEntries,
} from "./vocabulary.ts";

/** How many words behind a light verb its object may stand. */
const WINDOW = 5;

/** A text of fewer words is taken as an answer or a go-ahead. */
const SPOKEN = 5;

const DENIALS = setOf("not cannot nobody nothing nowhere never nicht kein keine nichts pas rien não nada");

/** Phrases for these can be the object of a light verb: "write a design document". */
const OBJECTS: ReadonlySet<IntentName | undefined> = new Set(["plan", "git", "ship", "test"]);

/** What a question can be about that says more than that it is a question. */
const OVER_QUESTIONS: ReadonlySet<IntentName | undefined> = new Set(["plan", "brainstorm"]);

/** Reads words in order and keeps what they ask for. Knows nothing of characters. */
export class IntentReader {
  flags = 0;
  words = 0;
  #head: IntentName | undefined;
  /** Number of the word that set the head, or -1. */
  #headAt = -1;
  /** Only a question word set the head: "what would be the right order". */
  #headIsQuestion = false;
  #topic: IntentName | undefined;
  #before = "";
  #beforeThat = "";
  #clauseStart = true;
  #negated = false;
  #windowUntil = -1;
  /** The object found in the window may take the head's place. */
  #windowOwnsHead = false;
  #weak = 0;
  #denied = false;

  /** A mark that ends a clause. */
  endClause(): void {
    this.#settleWeak("");
    this.#clauseStart = true;
    this.#negated = false;
    this.#windowUntil = -1;
    this.#before = "";
    this.#beforeThat = "";
  }

  /** Something that is no word: a path, a number, a link. */
  opaque(): void {
    this.words++;
    this.#settleWeak("");
    this.#clauseStart = false;
    this.#before = "";
    this.#beforeThat = "";
  }

  /** A word in lower case. */
  word(word: string): void {
    const at = this.words++;
    this.#settleWeak(word);
    if (WINDOW_ENDS.has(word)) this.#windowUntil = -1;
    if (!this.#phrase(word, at)) {
      const entries = wordEntries(word);
      for (const entry of entries) this.#apply(entry, at, at);
      if (entries.length === 0 && word.length > 6 && (word.endsWith("error") || word.endsWith("exception")))
        this.flags |= TextFlag.trace;
    }
    this.#negated = NEGATIONS.has(word);
    this.#denied ||= DENIALS.has(word) || word.endsWith("n't");
    this.#clauseStart = CLAUSE_OPENERS.has(word) || (this.#clauseStart && word.endsWith("ly"));
    this.#beforeThat = this.#before;
    this.#before = word;
  }

  /** A known sequence of Chinese or Japanese. There the object may stand before the verb: a test, a plan or a release
   *  is what is asked for, whatever verb goes with it. */
  sequence(entry: Entry): void {
    const at = this.words++;
    this.flags |= entry.flags;
    if (entry.intent === undefined) return;
    if (this.#head === undefined || (OBJECTS.has(entry.intent) && (this.#head === "add" || this.#head === "change")))
      this.#setHead(entry.intent, at);
  }

  /** Takes `intent` as what the text asks for, as a slash command does. */
  lead(intent: IntentName): void {
    this.flags |= mention(intent);
    this.#setHead(intent, -1);
  }

  /** The mask so far; the reader is done. */
  finish(): number {
    this.#settleWeak("");
    const first = this.#head ?? this.#topic;
    if (this.words > 0) this.flags |= TextFlag.said;
    if (this.words >= SPOKEN) this.flags |= TextFlag.spoken;
    // A statement with a "not" in it, in a text that asks for nothing, most often tells what is amiss.
    if (first === undefined && this.#denied) this.flags |= TextFlag.weakTrouble;
    if (this.#head !== undefined && this.#headIsQuestion) this.flags |= TextFlag.vague;
    return first === undefined ? this.flags : this.flags | head(first) | mention(first);
  }

  #phrase(word: string, at: number): boolean {
    if (this.#before === "" || !endsPhrase(word)) return false;
    const pair = `${this.#before} ${word}`;
    const three = this.#beforeThat === "" ? undefined : phraseEntry(`${this.#beforeThat} ${pair}`);
    const entry = three ?? phraseEntry(pair);
    if (entry === undefined) return false;
    this.#apply(entry, at, at - (three === undefined ? 1 : 2));
    return true;
  }

  /** `from` is the first word of what matched: a phrase takes the place of a head that one of its words set. */
  #apply(entry: Entry, at: number, from: number): void {
    const inWindow = at <= this.#windowUntil;
    if (!this.#counts(entry, inWindow, at)) return;
    if (entry.flags & TextFlag.weakTrouble) this.#weak = entry.flags;
    else this.flags |= entry.flags;
    const phrase = from < at;
    const own =
      this.#head === undefined || this.#headAt >= from || (this.#headIsQuestion && OVER_QUESTIONS.has(entry.intent));
    if (entry.light) {
      this.#windowUntil = at + WINDOW;
      this.#windowOwnsHead = own;
    } else if (entry.intent !== undefined) {
      const object = entry.standing === "object" || entry.standing === "topic" || (phrase && OBJECTS.has(entry.intent));
      if (own || (object && inWindow && this.#windowOwnsHead)) {
        this.#setHead(entry.intent, at);
        this.#headIsQuestion = entry.standing === "question";
      }
      if (phrase && own) {
        this.#windowUntil = at + WINDOW;
        this.#windowOwnsHead = this.#head === "add";
      }
    } else if (phrase && this.#headAt >= from) this.#head = undefined;
  }

  #counts(entry: Entry, inWindow: boolean, at: number): boolean {
    if (entry.intent === undefined && !entry.light) return true;
    if (this.#negated) return false;
    if (entry.standing === "anywhere") return true;
    if (entry.standing === "verb" || entry.standing === "question") return this.#clauseStart || at === 0;
    if (inWindow) return true;
    if (entry.standing === "topic") this.#topic ??= entry.intent;
    return false;
  }

  #setHead(intent: IntentName, at: number): void {
    this.#head = intent;
    this.#headAt = at;
    this.#headIsQuestion = false;
  }

  #settleWeak(next: string): void {
    if (this.#weak !== 0 && !HARMLESS_AFTER.has(next)) this.flags |= this.#weak;
    this.#weak = 0;
  }
}
