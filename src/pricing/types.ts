export type NanoUsd = number;
export interface CallTokens { input: number; output: number; cacheRead: number; cacheWrite5m: number; cacheWrite1h: number }
export interface CallModifiers { fast: boolean; usInference: boolean; batch: boolean; webSearches: number }
export interface PriceRow { model: string; effectiveFromMs: number; input: number; output: number; cacheRead: number; cacheWrite5m: number; cacheWrite1h: number; tier: null | { abovePromptTokens: number; input: number; output: number; cacheRead: number; cacheWrite5m: number; cacheWrite1h: number }; fastMultiplier: number; source: "built-in" | "override"; key: string }
