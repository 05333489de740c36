import { counted, formatTokens } from "../../../platform/numbers.ts";
import { enteredTokens, savingWithout } from "../tokens.ts";
import type { Advice, Claim, RuleContext } from "../types.ts";
import { type AdvisedUse, type Step, stepsByRun, type Write, wasWritten, writesBySession } from "../uses.ts";

/** Tools that answer with the text of one file. */
const FILE_READERS = new Set(["read", "notebookread", "filereadtool", "readfile", "read_file", "view", "view_file"]);

/** The same part of the same file read again by a run whose window still holds it: nothing was written to it since, nothing was compacted.
 *  What the result took in the next call's prompt is taken off that call, once; that it is carried on is not counted. */
export function rereads(context: RuleContext): Advice[] {
  const claims: Claim[] = [];
  let again = 0;
  let tokens = 0;
  const writes = writesBySession(context);
  for (const run of stepsByRun(context)) {
    const own = writes.get(run[0]?.call.sessionId ?? 0) ?? [];
    for (const found of rereadsOf(run, own)) {
      const fresh = enteredTokens(found.step.call, found.next.call, found.bytes, allBytes(found.step));
      const savingNano = savingWithout(context.prices, found.next.call, { fresh, carried: 0 });
      if (savingNano === 0) continue;
      again += found.uses;
      tokens += fresh;
      claims.push({ callId: found.next.call.id, sessionId: found.next.call.sessionId, savingNano });
    }
  }
  if (claims.length === 0) return [];
  return [
    {
      rule: "rereads",
      title: `Files were read again ${counted(again, "time")} though they had not changed: about ${formatTokens(tokens)} tokens in the window twice`,
      change:
        "Say in CLAUDE.md that a file which was read and not changed is not read again, or move long searches to sub-agents.",
      assumption:
        "Nothing but the session's own tools changed the files; 4 bytes of a result are a token, and no more than the prompt grew by.",
      confidence: "medium",
      reason:
        "the repeated reads are in the log; their tokens are estimated from bytes, and capped by how much the next prompt grew",
      claims,
    },
  ];
}

interface Reread {
  step: Step;
  next: Step;
  uses: number;
  bytes: number;
}

function rereadsOf(run: readonly Step[], writes: readonly Write[]): Reread[] {
  const found: Reread[] = [];
  /** When each input was last read into this window. */
  const readAt = new Map<string, number>();
  run.forEach((step, at) => {
    const next = run[at + 1];
    let uses = 0;
    let bytes = 0;
    for (const use of step.uses) {
      const key = keyOf(use);
      if (key === null) continue;
      const before = readAt.get(key);
      if (before !== undefined && !wasWritten(writes, before, step.call.atMs, use.pathId)) {
        uses++;
        bytes += use.resultBytes;
      }
      readAt.set(key, step.call.atMs);
    }
    if (step.compacted) readAt.clear();
    else if (uses > 0 && bytes > 0 && next !== undefined) found.push({ step, next, uses, bytes });
  });
  return found;
}

function keyOf(use: AdvisedUse): string | null {
  if (use.failed !== 0 || use.pathId === 0 || use.inputKey === null) return null;
  return FILE_READERS.has(use.tool.toLowerCase()) ? `${use.tool} ${use.pathId} ${use.inputKey}` : null;
}

function allBytes(step: Step): number {
  return step.uses.reduce((sum, use) => sum + use.resultBytes, 0);
}
