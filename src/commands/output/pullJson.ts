import type { PullRow } from "../../reports/pullRequests.ts";
import { iso, usd } from "./sums.ts";

/** A pull request as JSON shows it. */
export function pullJson(row: PullRow): object {
  return {
    repo: row.repo,
    number: row.number,
    url: row.url,
    title: row.title,
    branch: row.branch,
    state: row.state,
    mergeCommit: row.mergeCommit,
    openedAt: iso(row.openedAtMs),
    endedAt: iso(row.endedAtMs),
    commits: row.commits,
    sessions: row.sessions,
    aiLinesAdded: row.aiLinesAdded,
    aiLinesFormatted: row.aiLinesFormatted,
    otherAgentLines: row.otherAgentLines,
    linesAdded: row.linesAdded,
    tokens: row.tokens,
    totalTokens: row.totalTokens,
    costNanoUsd: row.costNanoUsd,
    costUsd: usd(row.costNanoUsd),
    costPerAiLineNanoUsd: row.costPerAiLineNanoUsd,
    medianRatio: row.medianRatio,
    outlier: row.outlier,
    evidence: row.evidence,
    categories: row.categories,
  };
}
