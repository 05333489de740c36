import { guardSettings } from "../../guard/rules.ts";
import { settingOf, writeSetting } from "../../ledger/config.ts";
import { allowSession, forbidSession } from "../../ledger/passes.ts";
import { UserError } from "../../platform/errors.ts";
import { renderGuardStatus } from "../../render/guard.ts";
import { envelope } from "../../render/json.ts";
import { formatDuration } from "../../render/numbers.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import { guardStatus, sessionToAllow } from "../../reports/guardStatus.ts";
import { findSession } from "../../reports/session.ts";
import { refreshUsual } from "../../reports/usual.ts";
import { type Context, type OpenLedger, withLedger } from "../context.ts";
import type { AllowFlags, GuardFlags } from "../guard.ts";
import { settingsOf, wireGuard } from "../guardHooks.ts";
import { guardStatusJson } from "../output/guardJson.ts";

export async function status(this: Context, flags: GuardFlags): Promise<void> {
  await withLedger(this, async ({ db, book }) => {
    const config = settingsOf(db);
    if (book.writable) refreshUsual(db, config, this.now());
    const report = guardStatus(db, config, this.now());
    if (flags.json) await writeOut(envelope("guard", guardStatusJson(report), this.now()));
    else await writeOut(renderGuardStatus(report, terminalOf(this.process.stdout, this.env), this.now()));
  });
}

export async function allow(this: Context, flags: AllowFlags, wanted?: string): Promise<void> {
  const forMs = flags.for === undefined ? null : spanOf(flags.for);
  await withLedger(
    this,
    async (ledger) => {
      const { db } = ledger;
      mustWrite(ledger);
      const nowMs = this.now();
      const session =
        wanted === undefined
          ? sessionToAllow(db, this.env.CLAUDE_CODE_SESSION_ID ?? null, process.cwd(), nowMs)
          : findSession(db, wanted).name;
      if (session === null)
        throw new UserError(
          "no session was held up, and none is active here",
          "Name one: `cc-ledger sessions --since 24h` lists them.",
        );
      const untilMs = forMs === null ? null : nowMs + forMs;
      if (flags.revoke) {
        const had = forbidSession(db, session);
        await answer(
          this,
          flags,
          { session, revoked: had },
          had ? `Session ${session} is held to its limits again.` : `Session ${session} had no leave.`,
        );
        return;
      }
      allowSession(db, session, nowMs, untilMs);
      const span = forMs === null ? "from now on" : `for ${formatDuration(forMs)}`;
      const until = untilMs === null ? null : new Date(untilMs).toISOString();
      await answer(
        this,
        flags,
        { session, until },
        `Session ${session} may go on beyond hard limits ${span}. Warnings go on as well.`,
      );
    },
    { catchUp: false },
  );
}

export async function off(this: Context, flags: GuardFlags): Promise<void> {
  await switchGuard(this, flags, false);
}

export async function on(this: Context, flags: GuardFlags): Promise<void> {
  await switchGuard(this, flags, true);
}

async function switchGuard(context: Context, flags: GuardFlags, enabled: boolean): Promise<void> {
  await withLedger(
    context,
    async (ledger) => {
      mustWrite(ledger);
      writeSetting(ledger.db, settingOf("guard.enabled", guardSettings()), enabled ? "" : "false");
      const notes = await wireGuard(context, ledger.db);
      const said = enabled
        ? "The guard watches."
        : "The guard is off: nothing is watched and nothing held up. `cc-ledger guard on` switches it on again.";
      await answer(context, flags, { enabled, notes }, [said, ...notes].join("\n"));
    },
    { catchUp: false },
  );
}

async function answer(context: Context, flags: GuardFlags, body: object, text: string): Promise<void> {
  await writeOut(flags.json ? envelope("guard", body, context.now()) : `${text}\n`);
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function spanOf(text: string): number {
  const span = /^(\d{1,5})\s*(m|h|d)(?:in|ours?|ays?)?$/.exec(text.trim().toLowerCase());
  const ms = Number(span?.[1] ?? 0) * (UNITS[span?.[2] ?? ""] ?? 0);
  if (ms <= 0)
    throw new UserError(`--for ${JSON.stringify(text)} is no span of time`, "Write for example 30m, 1h or 2d.");
  return ms;
}

function mustWrite({ book }: OpenLedger): void {
  if (!book.writable) throw new UserError(book.readOnlyReason ?? "the book cannot be written");
}
