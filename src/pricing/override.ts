import { parse, TomlError } from "smol-toml";
import { messageOf, UserError } from "../platform/errors.ts";
import { dayOfRow, dayToMs, nanoPerToken, priceRow } from "./rows.ts";
import type { PriceRow, PriceTier, Rates } from "./types.ts";

/** Reads a person's own prices. Strict, because a slip here becomes a wrong figure everywhere: whatever is not
 *  understood is an error that names the file, the entry and the key. The format is in docs/prices.md. */

/** More than any price that is meant: catches prices per token, or cents, written by mistake. */
const HIGHEST_USD_PER_MILLION = 100_000;
const HIGHEST_FAST_MULTIPLIER = 100;
const LONGEST_MODEL_ID = 256;
const MOST_ENTRIES = 1000;
const FIRST_DAY = "1970-01-02";
const LAST_DAY = "2199-12-31";

const RATE_KEYS = ["input", "output", "cache_read", "cache_write_5m", "cache_write_1h"] as const;
type RateKey = (typeof RATE_KEYS)[number];
const ENTRY_KEYS: readonly string[] = ["model", "from", ...RATE_KEYS, "fast_multiplier", "tier"];
const TIER_KEYS: readonly string[] = ["above_prompt_tokens", ...RATE_KEYS];

/** Cache prices that an entry leaves out, as multiples of its input price: the factors of most Claude models. */
const USUAL_FACTORS: Readonly<Partial<Record<RateKey, { times: number; in: number }>>> = {
  cache_read: { times: 1, in: 10 },
  cache_write_5m: { times: 5, in: 4 },
  cache_write_1h: { times: 2, in: 1 },
};

const PRICE_HINT =
  "Write USD per million tokens: a number from 0 to 100000 with at most three decimals, such as 2.5 or 0.125.";

type Table = Readonly<Record<string, unknown>>;

/** A place in the file, for messages. */
interface Place {
  readonly file: string;
  /** "price entry 2 (claude-opus-5-5)" */
  readonly entry: string;
  /** Prefix of key names: "" or "tier.". */
  readonly path: string;
}

function fail(place: Place, key: string, what: string, hint: string): never {
  throw new UserError(`${place.file}: ${place.entry}, ${place.path}${key}: ${what}`, hint);
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function shown(value: unknown): string {
  const text = typeof value === "number" ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function knownKeysOnly(table: Table, known: readonly string[], place: Place): void {
  for (const key of Object.keys(table)) {
    if (!known.includes(key))
      fail(place, key, "is not a key of a price", `Remove it, or use one of: ${known.join(", ")}.`);
  }
}

/** Nano-dollars per token of a written price. */
function priceAt(table: Table, key: RateKey, place: Place): number {
  const value = table[key];
  if (typeof value !== "number" || !Number.isFinite(value))
    fail(place, key, `${shown(value)} is not a price`, PRICE_HINT);
  if (value < 0) fail(place, key, `${value} is negative`, PRICE_HINT);
  if (value > HIGHEST_USD_PER_MILLION) {
    fail(place, key, `${value} USD per million tokens is more than any model costs`, PRICE_HINT);
  }
  const nano = nanoPerToken(value);
  if (nano === null) fail(place, key, `${value} is finer than 0.001 USD per million tokens`, PRICE_HINT);
  return Math.abs(nano);
}

function rateAt(table: Table, key: RateKey, input: number, place: Place): number {
  if (table[key] !== undefined) return priceAt(table, key, place);
  const factor = USUAL_FACTORS[key];
  if (factor === undefined) fail(place, key, "is missing", PRICE_HINT);
  const nano = (input * factor.times) / factor.in;
  if (!Number.isInteger(nano)) {
    const usual = `the usual ${factor.times / factor.in} times input is ${nano / 1000}, finer than 0.001 USD per million tokens`;
    fail(place, key, `is missing, and ${usual}`, `Write ${key} yourself.`);
  }
  return nano;
}

function ratesAt(table: Table, place: Place): Rates {
  if (table.input === undefined) fail(place, "input", "is missing", PRICE_HINT);
  const input = priceAt(table, "input", place);
  const rate = (key: RateKey): number => rateAt(table, key, input, place);
  return {
    input,
    output: rate("output"),
    cacheRead: rate("cache_read"),
    cacheWrite5m: rate("cache_write_5m"),
    cacheWrite1h: rate("cache_write_1h"),
  };
}

function tierAt(table: Table, place: Place): PriceTier | null {
  if (table.tier === undefined) return null;
  const hint = "Write it as [price.tier] below its [[price]], with above_prompt_tokens, input and output.";
  if (!isTable(table.tier)) fail(place, "tier", `${shown(table.tier)} is not a table`, hint);
  const inside = { ...place, path: "tier." };
  knownKeysOnly(table.tier, TIER_KEYS, inside);
  const above = table.tier.above_prompt_tokens;
  if (above === undefined) fail(inside, "above_prompt_tokens", "is missing", hint);
  if (typeof above !== "number" || !Number.isSafeInteger(above) || above < 1) {
    fail(
      inside,
      "above_prompt_tokens",
      `${shown(above)} is not a number of tokens`,
      "Write a whole number, such as 200000.",
    );
  }
  return { abovePromptTokens: above, ...ratesAt(table.tier, inside) };
}

function modelAt(table: Table, place: Place): string {
  const hint = 'Write the id as your logs show it, such as model = "claude-opus-5-5".';
  const { model } = table;
  if (model === undefined) fail(place, "model", "is missing", hint);
  if (typeof model !== "string") fail(place, "model", `${shown(model)} is not text`, hint);
  const id = model.trim().toLowerCase();
  if (id === "") fail(place, "model", "is empty", hint);
  if (id.length > LONGEST_MODEL_ID) fail(place, "model", `is longer than ${LONGEST_MODEL_ID} characters`, hint);
  if (/[\s\p{Cc}]/u.test(id)) fail(place, "model", `${shown(model)} has a space or a control character in it`, hint);
  return id;
}

/** Midnight UTC of the first day; 0, "since launch", where none is written. */
function fromAt(table: Table, place: Place): number {
  const { from } = table;
  if (from === undefined) return 0;
  const hint = 'Write a day in quotes, such as from = "2026-09-22" (it starts at midnight UTC), or leave it out.';
  // The parser turns a bare 2026-02-30 into March 2nd, so a bare date cannot be told from a slip.
  if (typeof from !== "string") fail(place, "from", `${shown(from)} is not a day in quotes`, hint);
  const ms = dayToMs(from);
  if (ms === null) fail(place, "from", `${shown(from)} is not a day`, hint);
  if (from < FIRST_DAY || from > LAST_DAY) fail(place, "from", `${from} is no day a model was sold on`, hint);
  return ms;
}

function fastMultiplierAt(table: Table, place: Place): number {
  const value = table.fast_multiplier;
  if (value === undefined) return 1;
  const hint = "Write a number above 0, at most 100, with at most three decimals, such as 2 or 2.5.";
  const valid =
    typeof value === "number" &&
    value > 0 &&
    value <= HIGHEST_FAST_MULTIPLIER &&
    Math.round(value * 1000) / 1000 === value;
  if (!valid) fail(place, "fast_multiplier", `${shown(value)} is not a multiplier`, hint);
  return value;
}

function rowAt(value: unknown, number: number, file: string): PriceRow {
  const nameless: Place = { file, entry: `price entry ${number}`, path: "" };
  if (!isTable(value)) throw new UserError(`${file}: price entry ${number} is not a table`, "Write it as [[price]].");
  const model = modelAt(value, nameless);
  const place: Place = { ...nameless, entry: `price entry ${number} (${model})` };
  knownKeysOnly(value, ENTRY_KEYS, place);
  return priceRow({
    model,
    effectiveFromMs: fromAt(value, place),
    ...ratesAt(value, place),
    tier: tierAt(value, place),
    fastMultiplier: fastMultiplierAt(value, place),
    source: "override",
  });
}

function tableOf(toml: string, file: string): Table {
  try {
    return parse(toml);
  } catch (error) {
    const where = error instanceof TomlError ? `${file}:${error.line}:${error.column}` : file;
    const [reason = "it cannot be read"] = messageOf(error).split("\n");
    throw new UserError(
      `${where}: ${reason}`,
      "The file is TOML: see https://toml.io, and the example in docs/prices.md.",
    );
  }
}

/** Price rows of an override file, in its order. `fileName` is only for messages. Pure: reads no file.
 *  @throws UserError naming the file, the entry, the key and what to write instead. */
export function parseOverride(toml: string, fileName: string): PriceRow[] {
  const root = tableOf(toml, fileName);
  for (const key of Object.keys(root)) {
    if (key !== "price")
      throw new UserError(`${fileName}: ${key}: is not a key of this file`, "Only [[price]] entries go here.");
  }
  const entries = root.price ?? [];
  if (!Array.isArray(entries)) {
    throw new UserError(`${fileName}: price: is one table, not a list`, "Write [[price]], in two pairs of brackets.");
  }
  if (entries.length > MOST_ENTRIES) {
    throw new UserError(`${fileName}: ${entries.length} price entries are too many`, `Keep at most ${MOST_ENTRIES}.`);
  }
  const numbers = new Map<string, number>();
  return entries.map((entry: unknown, at) => {
    const row = rowAt(entry, at + 1, fileName);
    const name = `${row.model} from ${dayOfRow(row.effectiveFromMs)}`;
    const first = numbers.get(name);
    if (first !== undefined) {
      const place = { file: fileName, entry: `price entry ${at + 1} (${row.model})`, path: "" };
      fail(place, "from", `entry ${first} already prices ${name}`, "Remove one of the two, or give it another day.");
    }
    numbers.set(name, at + 1);
    return row;
  });
}
