import { hostname } from "node:os";
import { ADAPTERS } from "../../agents/registry.ts";
import { readSetting } from "../../ledger/config.ts";
import { UserError } from "../../platform/errors.ts";
import { timeZoneOf } from "../../platform/time.ts";
import { envelope } from "../../render/json.ts";
import { renderLive } from "../../render/live.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import { liveReport } from "../../reports/live.ts";
import { LiveSource } from "../../watch/source.ts";
import { type Context, withLedger } from "../context.ts";
import { liveJson } from "../output/liveJson.ts";
import type { WatchFlags } from "../watch.ts";

const MINUTE_MS = 60_000;
const DEFAULT_ACTIVE_MS = 30 * MINUTE_MS;
/** Burn looks at ten minutes: a session must not drop out before. */
const MIN_ACTIVE_MS = 10 * MINUTE_MS;
const MAX_ACTIVE_MS = 24 * 60 * MINUTE_MS;

export async function run(this: Context, flags: WatchFlags): Promise<void> {
  const activeWithinMs = activeOf(flags.active);
  const { stdout } = this.process;
  const isScreen = stdout.isTTY === true && process.stdin.isTTY === true && this.env.TERM !== "dumb";
  // The first catch-up may take a while: it is shown before the screen is taken over.
  const ready = await withLedger(this, async ({ db, paths, prices }) => {
    const timeZone = timeZoneOf(flags.timezone ?? readSetting(db, "timezone") ?? undefined);
    if (isScreen && !flags.once && !flags.json) return { paths, prices, timeZone };
    const report = liveReport(db, { nowMs: this.now(), timeZone, activeWithinMs });
    if (flags.json) await writeOut(envelope("watch", liveJson(report), report.nowMs));
    else await writeOut(renderLive(report, terminalOf(stdout, this.env)));
    return null;
  });
  if (ready === null) return;
  const source = new LiveSource({
    ...ready,
    adapters: ADAPTERS,
    env: this.env,
    machine: { host: hostname(), os: this.process.platform },
    activeWithinMs,
    now: this.now,
  });
  try {
    const { startView } = await import("../../watch/app.tsx");
    source.start();
    await startView({ feed: source, terminal: terminalOf(stdout, this.env), now: this.now });
  } finally {
    source.stop();
  }
}

/** Reads `--active`. Throws a {@link UserError} for what is no span of time, or one that makes no sense. */
function activeOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_ACTIVE_MS;
  const found = /^(\d{1,4})(m|h)$/.exec(text.trim().toLowerCase());
  const ms = found === null ? Number.NaN : Number(found[1]) * (found[2] === "h" ? 60 : 1) * MINUTE_MS;
  if (!(ms >= MIN_ACTIVE_MS && ms <= MAX_ACTIVE_MS))
    throw new UserError(
      `--active ${JSON.stringify(text)} is no time between 10m and 24h`,
      "Write for example 45m or 2h.",
    );
  return ms;
}
