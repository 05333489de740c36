import { readSettings } from "../../ledger/config.ts";
import type { Book } from "../../ledger/open.ts";
import { deliveryStatus } from "../../notify/status.ts";
import type { LedgerPaths } from "../../platform/paths.ts";
import type { Check } from "../../reports/doctor.ts";
import type { Context } from "../context.ts";

/** What `doctor` says of alerts that did not arrive. */
export function deliveryChecks(context: Context, db: Book["db"], paths: LedgerPaths): Check[] {
  const settings = readSettings(db);
  const { channels, waiting, givenUp } = deliveryStatus(paths, (key) => settings.get(key) ?? null, {
    env: context.env,
    platform: context.process.platform,
    nowMs: context.now(),
  });
  const checks: Check[] = [];
  const last = waiting.map(({ reason }) => reason).findLast((reason) => reason !== null);
  if (waiting.length > 0)
    checks.push({
      name: "alerts",
      status: "warn",
      finding: `${waiting.length} wait for the webhook${channels.webhook === null ? ", which is not set" : ""}${last === undefined ? "" : `; last: ${last}`}`,
      advice: "`cc-ledger notify` shows them, `cc-ledger notify test` tries the webhook.",
    });
  if (givenUp.length > 0)
    checks.push({
      name: "alerts",
      status: "warn",
      finding: `${givenUp.length} could not be delivered; last: ${givenUp.at(-1)?.reason ?? ""}`,
      advice: "`cc-ledger notify` shows them, `cc-ledger notify test` tries the webhook.",
    });
  return checks;
}
