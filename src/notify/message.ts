import { bareSentence } from "../guard/texts.ts";
import type { OutgoingAlert } from "../ledger/outgoing.ts";
import { formatUsd } from "../platform/numbers.ts";
import { printable } from "../render/width.ts";
import type { Note } from "./desktop.ts";

/** What is said about an alert outside of the agent. */

/** The body of a post in the shape that Slack takes. Receivers that know no blocks find everything in `text`. */
export interface Message {
  text: string;
  blocks: object[];
}

const MAX_SENTENCE = 1_000;
const MAX_FACT = 200;
/** Enough of a session's id to name it in a command. */
const SHORT_ID = 8;

/** The message of an alert. Without `details` it says what the guard found and where: never a title, a path, or anything that was written
 *  or answered in the session. */
export function messageOfAlert(alert: OutgoingAlert, details: boolean): Message {
  const sentence = sentenceOf(alert);
  const facts = [
    ...(alert.repo === null ? [] : [`repo ${printable(alert.repo, MAX_FACT)}`]),
    ...(alert.sessionId === null
      ? []
      : [
          `session ${printable(alert.sessionId, SHORT_ID + 1).slice(0, SHORT_ID)}`,
          `${formatUsd(alert.costNanoUsd)} so far`,
        ]),
    ...(details && alert.title !== null ? [`title ${printable(alert.title, MAX_FACT)}`] : []),
    ...(details && alert.cwd !== null ? [`folder ${printable(alert.cwd, MAX_FACT)}`] : []),
    `${new Date(alert.atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`,
  ];
  const heading = `cc-ledger ${headingOf(alert)}`;
  return message(`${heading}: ${sentence}`, heading, sentence, facts);
}

/** What `notify test` posts. */
export function testMessage(): Message {
  const sentence = "Alerts of the guard arrive here.";
  return message(`cc-ledger test: ${sentence}`, "cc-ledger test", sentence, ["sent by `cc-ledger notify test`"]);
}

function message(text: string, heading: string, sentence: string, facts: readonly string[]): Message {
  return {
    text: `${escapeSlack(text)} (${escapeSlack(facts.join(", "))})`,
    // Plain text: nothing in it can mention, link or format.
    blocks: [
      { type: "section", text: plain(`${heading}\n${sentence}`) },
      { type: "context", elements: [plain(facts.join(" | "))] },
    ],
  };
}

function plain(text: string): object {
  return { type: "plain_text", text, emoji: false };
}

/** Slack reads `<...>` as a link or a mention, and `&` as the start of an entity. */
function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The notification of an alert. */
export function noteOf(alert: OutgoingAlert): Note {
  const where = alert.repo === null ? "" : ` (${printable(alert.repo, 60)})`;
  return { title: `cc-ledger: ${headingOf(alert)}${where}`, body: sentenceOf(alert) };
}

function sentenceOf({ message }: OutgoingAlert): string {
  return printable(bareSentence(message), MAX_SENTENCE);
}

/** `limit 80 %`, `loop`, `fan-out high`. */
function headingOf({ rule, level }: OutgoingAlert): string {
  const shown = /^\d+$/.test(level) ? `${level} %` : level;
  return printable(level === "warn" ? rule : `${rule} ${shown}`, 80);
}

/** Name of an alert's delivery, the same at every attempt, so that a receiver can tell a second copy from a second alert. */
export function deliveryId({ subject, level, atMs, message }: OutgoingAlert): string {
  return new Bun.CryptoHasher("sha256").update([subject, level, atMs, message].join("\n")).digest("hex").slice(0, 32);
}
