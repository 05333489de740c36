/** Prices in nano-dollars a token, put down here by hand from the published list: the simulator's costs must not come from
 *  the program that they judge. None of these models changed its price in the simulated weeks. */
interface Price {
  input: number;
  output: number;
  read: number;
  write5m: number;
  write1h: number;
}

const PRICES = {
  "claude-fable-5-1": { input: 10_000, output: 50_000, read: 250, write5m: 12_500, write1h: 20_000 },
  "claude-opus-5-5": { input: 4_000, output: 20_000, read: 200, write5m: 5_000, write1h: 8_000 },
  "claude-opus-4-6": { input: 5_000, output: 25_000, read: 500, write5m: 6_250, write1h: 10_000 },
  "claude-sonnet-5": { input: 2_000, output: 10_000, read: 200, write5m: 2_500, write1h: 4_000 },
  "claude-sonnet-4-6": { input: 3_000, output: 15_000, read: 300, write5m: 3_750, write1h: 6_000 },
  "claude-haiku-4-5-20251001": { input: 1_000, output: 5_000, read: 100, write5m: 1_250, write1h: 2_000 },
} as const satisfies Record<string, Price>;

export type Model = keyof typeof PRICES;

export interface Tokens {
  input: number;
  output: number;
  read: number;
  write5m: number;
  write1h: number;
}

/** Cost of one response in nano-dollars; fast mode doubles it. */
export function costOf(model: Model, tokens: Tokens, fast: boolean): number {
  const price = PRICES[model];
  const cost =
    tokens.input * price.input +
    tokens.output * price.output +
    tokens.read * price.read +
    tokens.write5m * price.write5m +
    tokens.write1h * price.write1h;
  return fast ? cost * 2 : cost;
}
