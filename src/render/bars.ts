import { paint, type Terminal } from "./terminal.ts";

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const LEVELS = "▁▂▃▄▅▆▇█";
const ASCII_LEVELS = ".:-=+*#@";

/** A bar of at most `width` columns for a share of 0..1. A share above nothing shows at least a trace. */
export function bar(share: number, width: number, terminal: Terminal): string {
  const clipped = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
  if (clipped === 0) return "";
  if (!terminal.unicode) return "#".repeat(Math.max(1, Math.round(clipped * width)));
  const eighths = Math.max(1, Math.round(clipped * width * 8));
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

/** Colour of a bar: red from three quarters of the largest, yellow from one quarter; none where there is little to compare. */
export function heat(share: number, rows: number): "red" | "yellow" | "green" | "dim" {
  if (rows < 3) return "dim";
  return share >= 0.75 ? "red" : share >= 0.25 ? "yellow" : "green";
}

/** One character per value, relative to the largest. */
export function sparkline(values: readonly number[], terminal: Terminal): string {
  const most = Math.max(0, ...values);
  const levels = terminal.unicode ? LEVELS : ASCII_LEVELS;
  const text = values
    .map((value) =>
      most === 0 || value <= 0 ? " " : (levels[Math.min(7, Math.floor((value / most) * 7.999))] as string),
    )
    .join("");
  return paint(text, "cyan", terminal);
}
