import { offsetAt } from "./time.ts";

/** Figures as people read them. Nothing is computed here but the text. */

const NANO = 1_000_000_000;

/** Dollars of an integer count of nano-dollars, exactly, as a decimal number: for JSON strings and CSV. */
export function usdString(nano: number): string {
  const sign = nano < 0 ? "-" : "";
  const whole = Math.floor(Math.abs(nano) / NANO);
  const rest = String(Math.abs(nano) % NANO)
    .padStart(9, "0")
    .replace(/0+$/, "");
  return `${sign}${whole}${rest === "" ? "" : `.${rest}`}`;
}

/** Dollars for a table: cents from one dollar up, four decimals below, "unpriced" for null. */
export function formatUsd(nano: number | null): string {
  if (nano === null) return "unpriced";
  if (nano === 0) return "$0.00";
  const sign = nano < 0 ? "-" : "";
  const size = Math.abs(nano);
  if (size >= NANO) return `${sign}$${grouped(Math.round(size / 1e7) / 100, 2)}`;
  if (size < 50_000) return `${sign}<$0.0001`;
  return `${sign}$${(Math.round(size / 1e5) / 1e4).toFixed(4)}`;
}

/** Dollars and cents where there is little room: `<$0.01` for less than one. */
export function formatCents(nano: number): string {
  if (nano > 0 && nano < NANO / 100) return "<$0.01";
  return `$${grouped(Math.round(nano / 1e7) / 100, 2)}`;
}

function grouped(value: number, decimals: number): string {
  const [whole = "0", rest] = value.toFixed(decimals).split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return rest === undefined ? spaced : `${spaced}.${rest}`;
}

/** Tokens with one decimal and a letter: 999, 1.2K, 3.4M, 5.6B. */
export function formatTokens(count: number): string {
  const units = [
    [1e12, "T"],
    [1e9, "B"],
    [1e6, "M"],
    [1e3, "K"],
  ] as const;
  for (const [size, letter] of units) {
    if (count >= size * 0.99995) return `${(count / size).toFixed(1)}${letter}`;
  }
  return String(count);
}

/** A count with thousands separators. */
export function formatCount(count: number): string {
  return grouped(count, 0);
}

/** A share of 0..1 as a percentage that never rounds up to all or down to nothing. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent <= 0) return "0 %";
  if (percent >= 100) return "100 %";
  if (percent < 0.1) return "<0.1 %";
  if (percent > 99.9) return ">99.9 %";
  return `${percent < 10 ? percent.toFixed(1) : Math.min(99, Math.round(percent))} %`;
}

/** A length of time in its two largest units. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A length of time where there is little room: `45m`, `2h05m`, `3d2h`. */
export function formatShortDuration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "<1m";
  const hours = Math.floor(minutes / 60);
  if (hours < 1) return `${minutes}m`;
  if (hours < 48) return `${hours}h${String(minutes % 60).padStart(2, "0")}m`;
  return `${Math.floor(hours / 24)}d${hours % 24}h`;
}

/** Day and minute in a zone: 2026-11-20 14:05; "-" for null. */
export function formatDateTime(ms: number | null, timeZone: string): string {
  if (ms === null) return "-";
  const shown = new Date(ms + offsetAt(ms, timeZone)).toISOString();
  return `${shown.slice(0, 10)} ${shown.slice(11, 16)}`;
}

/** A count with its noun: "1 run", "1,204 runs". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}
