import type { Database } from "bun:sqlite";
import { projectNames } from "../reports/projectNames.ts";
import { DATA_NOTE, plain } from "./markdown.ts";

/** Prompts: questions that a person picks from a menu. Each tells the model which tools answer it. */

export interface ListedPrompt {
  [key: string]: unknown;
  name: string;
  title: string;
  description: string;
  arguments: { name: string; description: string; required: boolean }[];
}

export interface PromptText {
  [key: string]: unknown;
  description: string;
  messages: { role: "user"; content: { type: "text"; text: string } }[];
}

const PERIOD = {
  name: "period",
  description: "today, this week, last month, since Monday, October, ...",
  required: false,
};
const PROJECT = { name: "project", description: "a project by name or path", required: false };

export const PROMPTS: readonly ListedPrompt[] = [
  {
    name: "spend",
    title: "What did I spend?",
    description: "What was spent in a period, on what, and where it is heading.",
    arguments: [PERIOD, PROJECT],
  },
  {
    name: "explain_pr",
    title: "What did this pull request cost?",
    description: "What a pull request cost, which sessions and kinds of work made it up, and on what evidence.",
    arguments: [{ name: "pr", description: "number of the pull request", required: true }, PROJECT],
  },
  {
    name: "save_money",
    title: "Where can I save?",
    description: "Where the money went and what would make it less.",
    arguments: [PERIOD, PROJECT],
  },
  {
    name: "running_away",
    title: "Is something running away?",
    description: "Active sessions, burn rate, alerts and limits.",
    arguments: [],
  },
];

/** The text of a prompt, null where there is none of that name. */
export function promptText(name: string, given: Readonly<Record<string, string>>): PromptText | null {
  const listed = PROMPTS.find((prompt) => prompt.name === name);
  if (listed === undefined) return null;
  const period = argument(given.period);
  const project = argument(given.project);
  const scope = `${period === "" ? "" : `period ${period}`}${period !== "" && project !== "" ? ", " : ""}${project === "" ? "" : `project ${project}`}`;
  const withScope = scope === "" ? "" : ` (${scope})`;
  const texts: Readonly<Record<string, string>> = {
    spend: `What did I spend${withScope}? Call usage_summary of cc-ledger${scope === "" ? " for this week" : " with these arguments"}, then forecast. Answer in a few lines: the total, the dearest project, model and session, how the days compare, where the month is heading, and which models have no price.`,
    explain_pr: `What did pull request ${argument(given.pr) || "(ask me which)"} cost${project === "" ? "" : `, project ${project}`}? Call pr_cost of cc-ledger with pr and explain: true. Say what it cost, which sessions and kinds of work made it up, how sure the evidence is, and how it compares with the project's median.`,
    save_money: `Where could I save money${withScope}? Call usage_summary of cc-ledger${scope === "" ? " for this month" : " with these arguments"}, then model_stats and agent_usage for the same. Name at most three measures, each with the spending that it would touch; guess no savings.`,
    running_away:
      "Is something running away just now? Call runaway_status of cc-ledger. If it is not calm, call session_detail for the session in question and say what I should do.",
  };
  const text = `${texts[name]}\n\n${DATA_NOTE}`;
  return { description: listed.description, messages: [{ role: "user", content: { type: "text", text } }] };
}

function argument(value: string | undefined): string {
  const text = plain(value ?? "", 200);
  return text === "" ? "" : JSON.stringify(text);
}

const PERIODS = [
  "today",
  "yesterday",
  "this week",
  "last week",
  "this month",
  "last month",
  "last 7 days",
  "last 30 days",
  "past 24 hours",
  "this quarter",
  "this year",
  "all",
];
const MOST = 50;

/** Values that go on from what was typed. */
export function completionsOf(db: Database, name: string, begun: string): string[] {
  const wanted = begun.toLowerCase();
  const values = name === "period" ? PERIODS : name === "project" ? projectNames(db).map((one) => plain(one.name)) : [];
  return values.filter((value) => value.toLowerCase().includes(wanted)).slice(0, MOST);
}
