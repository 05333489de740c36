import { KINDS } from "./histories/truth.ts";
import { falsePerThousand, foundOf, type Score, type Verdict } from "./score.ts";

const BEGIN = "<!-- table -->";
const END = "<!-- end of table -->";

const NAMES = {
  repetition: "the same call or error again and again",
  nearIdentical: "calls that differ in a number only",
  fanOut: "25 to 300 sub-agents",
  contextThrash: "cache rewritten, compaction loops",
  unattended: "hours alone, or money burnt fast",
};

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;

function found(name: string, verdicts: readonly Verdict[]): string {
  const { found, all, median, p90 } = foundOf(verdicts);
  const rules = new Map<string, number>();
  for (const { rule } of verdicts) if (rule !== null) rules.set(rule, (rules.get(rule) ?? 0) + 1);
  const first = [...rules].sort((a, b) => b[1] - a[1]).map(([rule, count]) => `\`${rule}\` ${count}`);
  return `| ${name} | ${found} of ${all} | ${percent(median)} | ${percent(p90)} | ${first.join(", ")} |`;
}

/** The measured part of docs/guard.md. */
export function measuredSection(score: Score, histories: number): string {
  const { verdicts, falseAlarms, sessions } = score;
  const wrong = new Set(falseAlarms.map(({ sessionId }) => sessionId)).size;
  const rules = [...new Set(falseAlarms.map(({ rule }) => rule))]
    .sort((a, b) => falsePerThousand(score, b) - falsePerThousand(score, a))
    .map((rule) => `\`${rule}\` ${falsePerThousand(score, rule).toFixed(2)}`);
  const personas = [...score.byPersona]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([persona, count]) => {
      const alarmed = new Set(falseAlarms.filter((one) => one.persona === persona).map(({ sessionId }) => sessionId));
      return `| ${persona} | ${count} | ${alarmed.size} |`;
    });
  return [
    `${histories} histories; seeds that were not looked at while the figures were chosen. Share burned: of what the session burned after it had gone`,
    "wrong, how much was gone at the first alert (all of it where none came).",
    "",
    "| ran away | found | median share burned | 90 % below | first to speak |",
    "|---|---|---|---|---|",
    ...KINDS.map((kind) =>
      found(
        NAMES[kind],
        verdicts.filter((verdict) => verdict.kind === kind),
      ),
    ),
    found("all", verdicts),
    "",
    `False alarms: ${wrong} of ${sessions} sessions in which nothing was wrong, ${falsePerThousand(score).toFixed(2)} in 1,000${
      rules.length === 0 ? "" : ` (${rules.join(", ")})`
    }.`,
    "",
    "| person | sessions | with a false alarm |",
    "|---|---|---|",
    ...personas,
    "",
  ].join("\n");
}

/** The document with the section between its marks; the second mark is set where there is none yet. */
export function withSection(document: string, section: string): string {
  const begin = document.indexOf(BEGIN);
  if (begin < 0) throw new Error(`docs/guard.md has lost its mark ${BEGIN}`);
  const end = document.indexOf(END);
  const rest = end < 0 ? document.slice(begin + BEGIN.length) : document.slice(end + END.length);
  return `${document.slice(0, begin + BEGIN.length)}\n${section}\n${END}${rest}`;
}
