import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CATEGORIES,
  type Category,
  CLASSIFIER_VERSION,
  categoryOf,
  textFlags,
  toolFlags,
} from "../../src/categories/index.ts";

/** A prompt with its tool uses, labelled by hand. */
export interface LabelledCase {
  text: string;
  tools: readonly { name: string; input: unknown }[];
  label: Category;
  /** Kept aside while the words and rules were written. */
  heldOut?: boolean;
  /** Held out, and written after the words, to be hard: the purpose is meant, not named. */
  late?: boolean;
}

const LABELLED = join(import.meta.dir, "labelled.jsonl");

/** All labelled cases; throws on a label that is no category. */
export function labelledCases(): LabelledCase[] {
  return readFileSync(LABELLED, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const parsed = JSON.parse(line) as LabelledCase;
      if (!CATEGORIES.includes(parsed.label)) throw new Error(`no such category: ${line}`);
      return parsed;
    });
}

/** What the classifier says of a case. */
export function classed({ text, tools }: LabelledCase): Category {
  const mask = tools.reduce((sum, tool) => sum | toolFlags(tool.name, tool.input), 0);
  return categoryOf(textFlags(text), mask);
}

interface Accuracy {
  right: number;
  of: number;
}

/** The three groups of cases that are measured apart. */
export function groupsOf(cases: readonly LabelledCase[]): Record<"tuned" | "heldOut" | "late", LabelledCase[]> {
  return {
    tuned: cases.filter((each) => each.heldOut !== true),
    heldOut: cases.filter((each) => each.heldOut === true && each.late !== true),
    late: cases.filter((each) => each.late === true),
  };
}

/** How many of the cases are classed as labelled. */
export function accuracy(cases: readonly LabelledCase[]): Accuracy {
  return { right: cases.filter((each) => classed(each) === each.label).length, of: cases.length };
}

const percent = ({ right, of }: Accuracy): string => `${right} of ${of} (${((100 * right) / of).toFixed(1)} %)`;

/** The part of docs/categories.md that is computed: accuracies and the confusion table, all cases together. */
export function measuredSection(cases: readonly LabelledCase[]): string {
  const { tuned, heldOut, late } = groupsOf(cases);
  const counts = new Map<string, number>();
  for (const each of cases) {
    const cell = `${each.label} ${classed(each)}`;
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  const used = CATEGORIES.map((_, i) => String.fromCharCode(97 + i));
  const rows = CATEGORIES.map((label, i) => {
    const cells = CATEGORIES.map((said) => String(counts.get(`${label} ${said}`) ?? "·"));
    return `| ${used[i]} ${label} | ${cells.join(" | ")} |`;
  });
  return [
    `Classifier version ${CLASSIFIER_VERSION}.`,
    "",
    `- cases the rules were tuned on: ${percent(accuracy(tuned))}`,
    `- held-out cases: ${percent(accuracy(heldOut))}`,
    `- late held-out cases: ${percent(accuracy(late))}`,
    "",
    `| labelled \\ classed as | ${used.join(" | ")} |`,
    `|---|${CATEGORIES.map(() => "---:").join("|")}|`,
    ...rows,
  ].join("\n");
}

const BEGIN = "<!-- measured: begin (scripts/categories-table.ts --write) -->";
const END = "<!-- measured: end -->";

/** The document with `section` between its two marks; throws where they are missing. */
export function withSection(document: string, section: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error("docs/categories.md has lost the marks around the measured part");
  return `${document.slice(0, begin + BEGIN.length)}\n${section}\n${document.slice(end)}`;
}
