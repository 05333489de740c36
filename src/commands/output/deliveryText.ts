import { maskedUrl } from "../../notify/settings.ts";
import type { DeliveryStatus } from "../../notify/status.ts";
import { formatDuration } from "../../render/numbers.ts";
import { renderTable } from "../../render/table.ts";
import type { Terminal } from "../../render/terminal.ts";
import { iso } from "./sums.ts";

/** How delivery stands, for people. */
export function renderDelivery(status: DeliveryStatus, terminal: Terminal, nowMs: number): string {
  const { channels, noDesktop, waiting, givenUp, pause } = status;
  const { desktop, webhook } = channels;
  const lines = [
    `desktop  ${desktop === null ? `not used: ${noDesktop}` : desktop.name}`,
    `webhook  ${webhook === null ? "not set: `cc-ledger config notify.webhook https://...`" : `${maskedUrl(webhook.url.href)}, ${webhook.secret === null ? "not signed" : "signed"}${channels.details ? ", with titles and folders" : ""}`}`,
  ];
  if (waiting.length === 0) lines.push("waiting  nothing");
  else {
    const inMs = (pause?.nextMs ?? 0) - nowMs;
    const next =
      webhook === null
        ? "no webhook is set"
        : inMs <= 0
          ? "the next hook or command sends them"
          : `next attempt in ${formatDuration(inMs)}${pause?.asked ? ", as the receiver asked" : ""}`;
    lines.push(`waiting  ${waiting.length}, ${next}`);
    lines.push("", table(waiting, "WAITS FOR", nowMs, terminal));
  }
  if (givenUp.length > 0)
    lines.push("", "Given up (`cc-ledger alerts` still lists what they said):", table(givenUp, "AGE", nowMs, terminal));
  return `${lines.join("\n")}\n`;
}

function table(
  entries: DeliveryStatus["waiting"] | DeliveryStatus["givenUp"],
  age: string,
  nowMs: number,
  terminal: Terminal,
): string {
  return renderTable({
    columns: [
      { title: age, align: "right" },
      { title: "RULE", align: "left" },
      { title: "TRIES", align: "right" },
      { title: "WHY", align: "left", grow: 1, min: 12 },
      { title: "MESSAGE", align: "left", grow: 2, min: 16, priority: 2 },
    ],
    rows: entries.map((entry) => [
      formatDuration(nowMs - entry.queuedMs),
      `${entry.rule} ${entry.level}`,
      String(entry.attempts),
      entry.reason ?? "not tried yet",
      entry.message.text,
    ]),
    terminal,
  });
}

/** How delivery stands, as JSON. Addresses and secrets stay out. */
export function deliveryJson({ channels, noDesktop, waiting, givenUp, pause }: DeliveryStatus): object {
  const { desktop, webhook, details } = channels;
  return {
    desktop: { used: desktop !== null, by: desktop?.name ?? null, why: noDesktop },
    webhook: webhook === null ? null : { to: maskedUrl(webhook.url.href), signed: webhook.secret !== null, details },
    failures: pause?.failures ?? 0,
    nextAttemptAt: pause === null || pause.nextMs === 0 ? null : iso(pause.nextMs),
    waiting: waiting.map(entryJson),
    givenUp: givenUp.map((entry) => ({ ...entryJson(entry), givenUpAt: iso(entry.givenUpMs) })),
  };
}

function entryJson(entry: DeliveryStatus["waiting"][number] | DeliveryStatus["givenUp"][number]): object {
  const { delivery, rule, level, atMs, queuedMs, attempts, reason, message } = entry;
  return { delivery, rule, level, at: iso(atMs), queuedAt: iso(queuedMs), attempts, reason, text: message.text };
}
