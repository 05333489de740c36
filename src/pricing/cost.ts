import type { CallModifiers, CallTokens, PriceRow } from "./types.ts";
export function costOf(t: CallTokens, _m: CallModifiers, r: PriceRow | null): number | null { return r === null ? null : t.input * r.input + t.output * r.output + t.cacheRead * r.cacheRead + t.cacheWrite5m * r.cacheWrite5m + t.cacheWrite1h * r.cacheWrite1h; }
