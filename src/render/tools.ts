import type { Filters } from "../reports/filters.ts";
import { BYTES_PER_TOKEN, type ToolsReport } from "../reports/tools.ts";
import { left, leftNote, lines, note, nothingIn, panel, paragraphs, right, shareBar } from "./costTables.ts";
import { counted, formatCount, formatDuration, formatPercent, formatTokens, formatUsd } from "./numbers.ts";
import type { Cell } from "./table.ts";
import { paint, type Terminal } from "./terminal.ts";

/** Tools, the dearest first. */
export function renderTools(report: ToolsReport, terminal: Terminal, filters: Filters): string {
  const { totals, tools } = report;
  if (totals.calls === 0) return nothingIn(filters, "tools");
  const table = {
    columns: [
      left("TOOL", { grow: 1, min: 12 }),
      right("USES"),
      right("FAILED", { priority: 2 }),
      right("REPEATED", { priority: 3 }),
      right("MEDIAN", { priority: 4 }),
      right("P95", { priority: 5 }),
      right("RESULTS", { priority: 6 }),
      right("~TOKENS", { priority: 7 }),
      right("CALLS", { priority: 6 }),
      right("SESSIONS", { priority: 8 }),
      right("COST"),
      right("SHARE", { priority: 1 }),
      left("", { min: 12, priority: 9 }),
    ],
    rows: tools.map((row): Cell[] => [
      row.tool,
      formatCount(row.uses),
      row.failures === 0 ? "" : `${formatCount(row.failures)} (${formatPercent(row.failures / row.uses)})`,
      row.repeats === 0 ? "" : formatCount(row.repeats),
      durationText(row.durationMedianMs),
      durationText(row.durationP95Ms),
      bytesText(row.resultBytes),
      `~${formatTokens(row.resultTokensEstimated)}`,
      formatCount(row.calls),
      formatCount(row.sessions),
      formatUsd(row.costNanoUsd),
      formatPercent(row.share),
      shareBar(row.share, tools.length, terminal),
    ]),
  };
  const { withoutTools } = report;
  const notes = [
    `calls without tools: ${formatUsd(withoutTools.costNanoUsd)} (${counted(withoutTools.calls, "call")})`,
    `cost: ${report.method}`,
    `REPEATED: the very input again in one prompt. ~TOKENS: an estimate of what the results take, ${BYTES_PER_TOKEN} bytes to a token`,
  ];
  return paragraphs([
    paint(`${filters.period}  ${formatUsd(totals.costNanoUsd)}  ${counted(totals.calls, "call")}`, "bold", terminal),
    lines([
      panel("Tools", "what was done, and how well?", table, terminal),
      leftNote(report.toolsLeft, "tool", terminal),
      ...notes.map((text) => note(text, terminal)),
    ]),
  ]);
}

function durationText(ms: number | null): string {
  return ms === null ? "" : formatDuration(ms);
}

function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kib = bytes / 1024;
  return kib < 1024 ? `${Math.round(kib)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}
