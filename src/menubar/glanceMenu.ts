import { offsetAt } from "../platform/time.ts";
import { alertText } from "../render/liveText.ts";
import { counted, formatCount, formatDuration, formatTokens, formatUsd } from "../render/numbers.ts";
import { printable, truncate } from "../render/width.ts";
import type { ActiveRepo, ActiveSession } from "../reports/active.ts";
import type { Glance } from "../reports/glance.ts";
import type { Pace } from "../reports/pace.ts";
import type { RecentPull } from "../reports/recentPulls.ts";
import type { Spend } from "../reports/trend.ts";
import type { SessionRow } from "../reports/types.ts";
import { line, type Menu, type MenuItem, safeHref, type Tone } from "./menu.ts";

/** Turns a glance into a menu: short, the urgent first, every line with a next step. */

export interface MenuOptions {
  /** How the program is started: its path, and before it what sets its environment, where that is needed. */
  program: readonly string[];
  /** Address of the dashboard, null where there is none. */
  dashboardUrl: string | null;
  /** Something to say before all else, such as that the figures may be behind. */
  notice: string | null;
}

const MAX_REPOS = 6;
const MAX_SESSIONS = 6;
const MAX_PULLS = 5;
const MAX_WARNINGS = 5;
const MAX_BUDGETS = 4;
const MAX_MODELS = 4;
const MAX_NAME = 44;
/** What the agents use for ids; nothing else is put on a command line. */
const PLAIN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** The menu of a glance. */
export function menuOf(glance: Glance, options: MenuOptions): Menu {
  const warnings = warningItems(glance, options);
  const { fiveHour } = glance.limits;
  const sections = [
    options.notice === null ? [] : [line(options.notice, "warn")],
    warnings,
    limitItems(glance),
    spendItems(glance, options),
    activeItems(glance, options),
    pullItems(glance, options),
    unpricedItems(glance, options),
  ];
  const tone = worst([...warnings.map((item) => item.tone), toneOfPace(fiveHour)]);
  return {
    title: titleOf(glance, tone),
    tone,
    percentage: fiveHour === null ? null : Math.min(100, Math.round(fiveHour.usedPercent)),
    sections: sections.filter((items) => items.length > 0),
    actions: actions(options),
  };
}

/** The menu where there is nothing to show but what went wrong: a menu bar shows nobody its stderr. */
export function errorMenu(message: string, hint: string | undefined, program: readonly string[]): Menu {
  const told = [message, ...(hint === undefined ? [] : hint.split("\n"))].flatMap(wrapped);
  return {
    title: "⚠ cc-ledger",
    tone: "alert",
    percentage: null,
    sections: [told.map((text) => line(text, "alert"))],
    actions: [
      { text: "Look closer: cc-ledger doctor", tone: "plain", command: [...program, "doctor"] },
      { text: "Try again", tone: "plain", refresh: true },
    ],
  };
}

function titleOf({ limits, today, firstHourMs }: Glance, tone: Tone): string {
  if (firstHourMs === null) return "cc-ledger";
  const mark = tone === "alert" ? "⚠ " : "";
  const pace = limits.fiveHour === null ? "" : `5h ${percent(limits.fiveHour.usedPercent)} · `;
  return `${mark}${pace}${money(today)}`;
}

function limitItems({ limits, timeZone, nowMs }: Glance): MenuItem[] {
  const items: MenuItem[] = [];
  for (const [name, pace] of [
    ["5-hour limit", limits.fiveHour],
    ["7-day limit", limits.sevenDay],
  ] as const) {
    if (pace === null) continue;
    const gone = `${percent(pace.elapsedShare * 100)} of its time gone`;
    items.push(line(`${name}: ${percent(pace.usedPercent)} used, ${gone}`, toneOfPace(pace)));
    const reset = `${clock(pace.resetsAtMs, nowMs, timeZone)} (in ${formatDuration(pace.resetsAtMs - nowMs)})`;
    const ahead =
      pace.state === "over" || pace.projectedPercent === null
        ? ""
        : `At this pace ${percent(pace.projectedPercent)} by `;
    items.push(line(ahead === "" ? `Resets ${reset}` : `${ahead}the reset ${reset}`, "dim"));
  }
  return items;
}

function spendItems(glance: Glance, options: MenuOptions): MenuItem[] {
  if (glance.firstHourMs === null) {
    const text = "No calls yet: work with an agent, or see how it looks: cc-ledger demo";
    return [{ text, tone: "plain", command: [...options.program, "demo"] }];
  }
  const { today, last24h, last30d, hours, days } = glance;
  const item = (name: string, spend: Spend, since: string, chart?: number[]): MenuItem => ({
    text: `${name} ${money(spend)}`,
    tone: "plain",
    ...(chart !== undefined && { chart }),
    ...opens(options, ["stats", "--since", since]),
  });
  return [
    item("Today", today, "today"),
    item(
      "24 hours",
      last24h,
      "24h",
      hours.map((hour) => hour.costNanoUsd),
    ),
    item(
      "30 days",
      last30d,
      "30d",
      days.map((day) => day.costNanoUsd),
    ),
  ];
}

function activeItems({ active, firstHourMs, nowMs }: Glance, options: MenuOptions): MenuItem[] {
  if (firstHourMs === null) return [];
  if (active.length === 0) return [line("No session at work", "dim")];
  return [
    line("At work", "dim"),
    ...active.slice(0, MAX_REPOS).map((repo) => repoItem(repo, nowMs, options)),
    ...more(active.length - MAX_REPOS, "repo"),
  ];
}

function repoItem({ repo, burnNanoUsdPerHour, sessions }: ActiveRepo, nowMs: number, options: MenuOptions): MenuItem {
  const burn = burnNanoUsdPerHour === 0 ? "" : ` · ${formatUsd(burnNanoUsdPerHour)}/h`;
  return {
    text: `${name(repo)} · ${counted(sessions.length, "session")}${burn}`,
    tone: "plain",
    items: [
      ...sessions.slice(0, MAX_SESSIONS).map((session) => sessionItem(session, nowMs, options)),
      ...more(sessions.length - MAX_SESSIONS, "session"),
    ],
  };
}

function sessionItem(session: ActiveSession, nowMs: number, options: MenuOptions): MenuItem {
  const { title, sessionId, branch, runningSubAgents, lastAtMs } = session;
  const parts = [
    titled(title, sessionId),
    money(session),
    branch === "" ? "" : name(branch),
    runningSubAgents === 0 ? "" : counted(runningSubAgents, "sub-agent"),
    nowMs - lastAtMs < 60_000 ? "now" : `${Math.floor((nowMs - lastAtMs) / 60_000)} min ago`,
  ];
  return {
    text: parts.filter((part) => part !== "").join(" · "),
    tone: "plain",
    ...sessionCommand(sessionId, options),
  };
}

function pullItems({ pullRequests }: Glance, options: MenuOptions): MenuItem[] {
  if (pullRequests.length === 0) return [];
  return [line("Pull requests", "dim"), ...pullRequests.slice(0, MAX_PULLS).map((pull) => pullItem(pull, options))];
}

function pullItem({ repo, number, url, title, state, costNanoUsd }: RecentPull, options: MenuOptions): MenuItem {
  const href = safeHref(url);
  const parts = [`${name(repo)} #${number}`, title === "" ? "" : name(title), formatUsd(costNanoUsd), state];
  return {
    text: parts.filter((part) => part !== "").join(" · "),
    tone: "plain",
    ...(href === null
      ? { command: [...options.program, "pr-cost", "--all", "--pr", String(number), "--explain"] }
      : { href }),
  };
}

function warningItems({ runaways, alerts, budgets }: Glance, options: MenuOptions): MenuItem[] {
  const limits = budgets
    .filter(({ state }) => state !== "ok")
    .sort((a, b) => b.share - a.share)
    .slice(0, MAX_BUDGETS)
    .map(({ budget, label, share, state, forecast }): MenuItem => {
      const tone = state === "over" ? "alert" : "warn";
      const figure = budget.unit === "usd" ? formatUsd : formatTokens;
      const ahead = state === "over" || forecast === null ? "" : `, heading for ${figure(forecast)}`;
      return {
        text: `Budget ${percent(share * 100)} spent: ${name(label)}${ahead}`,
        tone,
        command: [...options.program, "budget", "list"],
      };
    });
  const sessions = runaways.slice(0, MAX_WARNINGS).map((row) => runawayItem(row, options));
  const said = alerts.slice(0, MAX_WARNINGS).map(({ message, level, sessionId }): MenuItem => {
    const tone = level === "warn" ? "warn" : "alert";
    return { text: alertText(message), tone, ...(sessionId !== null && sessionCommand(sessionId, options)) };
  });
  return [...limits, ...sessions, ...said];
}

function runawayItem({ title, sessionId, costNanoUsd, timesMedian }: SessionRow, options: MenuOptions): MenuItem {
  const times = timesMedian === null ? "" : `, ${formatCount(Math.round(timesMedian))} × the usual`;
  const text = `Runaway: ${titled(title, sessionId)}, ${formatUsd(costNanoUsd)}${times}`;
  return { text, tone: "alert", ...sessionCommand(sessionId, options) };
}

function unpricedItems({ unpriced }: Glance, options: MenuOptions): MenuItem[] {
  if (unpriced.length === 0) return [];
  const named = unpriced.slice(0, MAX_MODELS).map(({ model, calls }) => `${name(model)} (${counted(calls, "call")})`);
  const text = `Without a price: ${named.join(", ")}${unpriced.length > MAX_MODELS ? ", ..." : ""}`;
  return [{ text, tone: "warn", command: [...options.program, "prices"] }];
}

function actions(options: MenuOptions): MenuItem[] {
  const { dashboardUrl, program } = options;
  return [
    ...(dashboardUrl === null ? [] : [{ text: "Open the dashboard", tone: "plain" as const, href: dashboardUrl }]),
    { text: "Statistics", tone: "plain", command: [...program, "stats"] },
    { text: "Refresh", tone: "plain", refresh: true },
  ];
}

/** The dashboard, where there is one, else a command. */
function opens({ dashboardUrl, program }: MenuOptions, args: readonly string[]): Pick<MenuItem, "href" | "command"> {
  return dashboardUrl === null ? { command: [...program, ...args] } : { href: dashboardUrl };
}

function sessionCommand(sessionId: string, { program }: MenuOptions): Pick<MenuItem, "command"> {
  return PLAIN_ID.test(sessionId) ? { command: [...program, "session", sessionId] } : {};
}

function more(count: number, what: string): MenuItem[] {
  return count > 0 ? [line(`and ${counted(count, what)} more`, "dim")] : [];
}

function toneOfPace(pace: Pace | null): Tone {
  if (pace === null || pace.state === "ok") return "plain";
  return pace.state === "over" ? "alert" : "warn";
}

function worst(tones: readonly Tone[]): Tone {
  return tones.includes("alert") ? "alert" : tones.includes("warn") ? "warn" : "plain";
}

/** As the tables of `stats` have it: a `+` where calls without a price are left out. Where nothing else was called there is no figure at all. */
function money({ costNanoUsd, unpricedCalls }: { costNanoUsd: number; unpricedCalls: number }): string {
  if (unpricedCalls === 0) return formatUsd(costNanoUsd);
  return costNanoUsd === 0 ? "unpriced" : `${formatUsd(costNanoUsd)}+`;
}

function name(text: string): string {
  return truncate(printable(text), MAX_NAME) || "(no name)";
}

function titled(title: string | null, sessionId: string): string {
  return name(title ?? `session ${sessionId.slice(0, 8)}`);
}

function percent(value: number): string {
  return `${formatCount(Math.round(value))} %`;
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** `at 14:00`, with the day of the week where it is not today. */
function clock(ms: number, nowMs: number, timeZone: string): string {
  const there = new Date(ms + offsetAt(ms, timeZone));
  const here = new Date(nowMs + offsetAt(nowMs, timeZone));
  const time = there.toISOString().slice(11, 16);
  const sameDay = there.toISOString().slice(0, 10) === here.toISOString().slice(0, 10);
  return sameDay ? `at ${time}` : `on ${WEEKDAYS[there.getUTCDay()]} at ${time}`;
}

/** Pieces of at most 70 characters, so that a menu does not fill the screen. */
function wrapped(text: string): string[] {
  return text.match(/\S.{0,68}(?=\s|$)|\S{1,70}/g) ?? [];
}
