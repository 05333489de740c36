import type { StatuslineInput } from "../agents/statusline.ts";
import { formatCents, formatShortDuration, formatTokens } from "../platform/numbers.ts";
import { printable, withoutControls } from "../render/printable.ts";
import type { LimitUse } from "../reports/limits.ts";
import { fullAtMs, WINDOW_MS } from "../reports/pace.ts";
import type { SmallSum, StatuslineReport } from "../reports/statusline.ts";
import { fitLine, type Shown, type Style, type TextPart } from "./fit.ts";
import { type Name, type Part, parseTemplate } from "./template.ts";

/** What the line is made of. */
export interface LineFacts {
  input: StatuslineInput;
  /** Null where the book could not be asked. */
  report: StatuslineReport | null;
  /** The book is behind the session's log: its sums are lower bounds. */
  behind: boolean;
  /** Use of the plan's windows, as it was heard last. */
  limits: readonly LimitUse[];
  branch: string | null;
  nowMs: number;
}

/** How it is shown. */
export interface LineStyle {
  /** Null for as wide as it gets. */
  width: number | null;
  color: boolean;
  unicode: boolean;
}

const MAX_TEXT = 60;

/** Renders the line, or lines, of a template. A part of which nothing is known disappears with its separator; where it is too wide, parts of
 *  low priority do. Pure; never throws. */
export function renderLine(template: string, facts: LineFacts, style: LineStyle): string {
  const values = new Values(facts, style.unicode);
  return parseTemplate(template)
    .map((parts) => parts.flatMap((part) => textPart(part, values)))
    .map((parts) => fitLine(parts, style))
    .filter((line) => line !== "")
    .join("\n");
}

/** A part with its names filled in; none where it has names and nothing is known of them. */
function textPart({ pieces, before, priority }: Part, values: Values): TextPart[] {
  const shown: Shown[] = [];
  let named = 0;
  let known = 0;
  let urgent = false;
  for (const piece of pieces) {
    if ("text" in piece) {
      shown.push({ text: withoutControls(piece.text), style: "dim" });
      continue;
    }
    named++;
    const value = values.of(piece.name);
    if (value === null) continue;
    known++;
    urgent ||= value.urgent === true;
    shown.push(value);
  }
  if (named > 0 && known === 0) return [];
  return [{ shown, before, priority: urgent ? Math.min(priority, 1) : priority }];
}

interface Value extends Shown {
  /** Stays in a narrow terminal whatever its name's priority. */
  urgent?: boolean;
}

/** The value of each name. */
class Values {
  readonly #facts: LineFacts;
  readonly #signs: { atLeast: string; differs: string; to: string };

  constructor(facts: LineFacts, unicode: boolean) {
    this.#facts = facts;
    this.#signs = unicode ? { atLeast: "≥", differs: "≠", to: "→" } : { atLeast: ">=", differs: "!=", to: "->" };
  }

  of(name: Name): Value | null {
    const { input, report, behind, branch } = this.#facts;
    const [period, detail] = name.split(".") as [string, string | undefined];
    if (period === "5h" || period === "7d") return this.#limit(period, detail);
    switch (name) {
      case "session":
        return this.#session();
      case "ledger":
        return sum(report?.session ?? null, behind ? this.#signs.atLeast : "");
      case "client":
        return input.costNanoUsd === null ? null : plain(formatCents(input.costNanoUsd));
      case "prompt":
        return sum(report?.prompt ?? null, behind ? this.#signs.atLeast : "");
      case "today":
        return sum(report?.today ?? null, behind || report?.historyRead === false ? this.#signs.atLeast : "");
      case "burn":
        return this.#burn();
      case "budget":
        return this.#budget();
      case "context":
        return this.#context();
      case "context.tokens":
        return input.context?.tokens == null ? null : plain(formatTokens(input.context.tokens));
      case "pr":
        return this.#pull();
      case "lines":
        return input.linesAdded === null || input.linesRemoved === null
          ? null
          : plain(`+${input.linesAdded} -${input.linesRemoved}`);
      case "branch":
        return word(branch ?? input.branch);
      case "folder":
        return word(input.cwd?.split(/[\\/]/).findLast((part) => part !== "") ?? null);
      case "model":
        return word(input.model === null ? null : `${input.model}${input.fast ? " (fast)" : ""}`);
      case "agent":
        return word(input.agentName);
      case "effort":
        return word(input.effort);
      case "worktree":
        return word(input.worktree);
      case "repo":
        return word(input.repo);
      case "title":
        return word(input.title);
      case "version":
        return word(input.version);
      default:
        return null;
    }
  }

  /** The ledger's figure, and the client's beside it where they do not agree or where one of them is all there is. */
  #session(): Value | null {
    const { input, report, behind } = this.#facts;
    const client = input.costNanoUsd === null ? null : formatCents(input.costNanoUsd);
    const session = sum(report?.session ?? null, behind ? this.#signs.atLeast : "");
    if (session === null)
      return client === null ? null : plain(input.costNanoUsd === 0 ? client : `${client} (client)`);
    if (client === null) return session;
    const unpriced = (report?.session?.unpricedCalls ?? 0) > 0;
    if (unpriced || (behind && report?.differs === true))
      return styled(`${session.text} (client ${client})`, session.style);
    if (report?.differs === true) return styled(`${session.text} ${this.#signs.differs} client ${client}`, "yellow");
    return session;
  }

  #burn(): Value | null {
    const burn = this.#facts.report?.burn ?? null;
    if (burn === null) return null;
    if (burn.perHourNanoUsd === 0) return burn.unpricedCalls > 0 ? null : plain("$0.00/h");
    return plain(`${formatCents(burn.perHourNanoUsd)}${burn.unpricedCalls > 0 ? "+" : ""}/h`);
  }

  #budget(): Value | null {
    const status = this.#facts.report?.budget ?? null;
    if (status === null) return null;
    const { share, label, state, unpricedCalls } = status;
    const text = `${Math.floor(share * 100)}%${unpricedCalls > 0 ? "+" : ""} of ${printable(label, MAX_TEXT)}`;
    if (state === "ok") return plain(text);
    return { text, style: state === "over" ? "red" : "yellow", urgent: true };
  }

  #context(): Value | null {
    const used = this.#facts.input.context?.used ?? null;
    if (used === null) return null;
    return styled(percent(used), used >= 80 ? "red" : used >= 60 ? "yellow" : "plain");
  }

  #pull(): Value | null {
    const pull = this.#facts.input.pull;
    if (pull === null) return null;
    const review = printable(pull.review.replaceAll("_", " "), MAX_TEXT);
    const style = pull.review === "approved" ? "green" : pull.review === "changes_requested" ? "red" : "plain";
    return styled(`#${pull.number}${review === "" ? "" : ` ${review}`}`, style);
  }

  #limit(period: "5h" | "7d", detail: string | undefined): Value | null {
    const name = period === "5h" ? "five_hour" : "seven_day";
    const limit = this.#facts.limits.find((one) => one.period === name);
    if (limit === undefined) return null;
    const { usedPercent, projectedPercent, resetsAtMs } = limit;
    const { nowMs } = this.#facts;
    const style = limitStyle(limit);
    const urgent = style === "red";
    const used = percent(usedPercent);
    const projected = projectedPercent === null ? null : percent(projectedPercent);
    // A clock that was set back sees more time to the reset than a window has.
    const leftMs = resetsAtMs - nowMs;
    const left = leftMs > WINDOW_MS[name] ? null : formatShortDuration(leftMs);
    switch (detail) {
      case undefined: {
        const parts = [used, projected === null ? null : `${this.#signs.to}${projected}`, left];
        return { text: parts.filter((part) => part !== null).join(" "), style, urgent };
      }
      case "used":
        return { text: used, style, urgent };
      case "pace":
        return projectedPercent === null ? null : styled(`${(projectedPercent / 100).toFixed(1)}x`, style);
      case "projected":
        return projected === null ? null : styled(projected, style);
      case "full": {
        const fullMs = fullAtMs(limit, WINDOW_MS[name]);
        return fullMs === null ? null : { text: formatShortDuration(fullMs - nowMs), style, urgent };
      }
      case "reset":
        return left === null ? null : plain(left);
      default:
        return null;
    }
  }
}

/** Where a window ends up near its limit, it is time to look. Percent. */
const NEAR = 85;

/** Red where the window is used up, or will be before its reset. */
function limitStyle({ usedPercent, projectedPercent, state }: LimitUse): Style {
  if (state !== "ok" || usedPercent >= 95) return "red";
  return Math.max(usedPercent, projectedPercent ?? 0) >= NEAR ? "yellow" : "green";
}

function percent(value: number): string {
  if (value > 0 && value < 1) return "<1%";
  // Never 100 before it is.
  return `${value < 100 ? Math.min(99, Math.round(value)) : Math.min(999, Math.round(value))}%`;
}

/** A sum of money; without a price it is no sum, and with some it is one with more to come. */
function sum(of: SmallSum | null, mark: string): Value | null {
  if (of === null) return null;
  const { costNanoUsd, calls, unpricedCalls } = of;
  if (calls > 0 && unpricedCalls === calls) return styled("unpriced", "yellow");
  return plain(`${mark}${formatCents(costNanoUsd)}${unpricedCalls > 0 ? "+" : ""}`);
}

function word(text: string | null): Value | null {
  const clean = text === null ? "" : printable(text, MAX_TEXT);
  return clean === "" ? null : plain(clean);
}

function plain(text: string): Value {
  return { text, style: "plain" };
}

function styled(text: string, style: Style): Value {
  return { text, style };
}
