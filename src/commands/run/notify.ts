import { readSettings } from "../../ledger/config.ts";
import type { Channels } from "../../notify/channels.ts";
import { type DeliveryWorld, deliverAlerts, realWorld } from "../../notify/deliver.ts";
import { showNote } from "../../notify/desktop.ts";
import { testMessage } from "../../notify/message.ts";
import { maskedUrl } from "../../notify/settings.ts";
import { type DeliveryStatus, deliveryStatus } from "../../notify/status.ts";
import { post } from "../../notify/webhook.ts";
import { messageOf } from "../../platform/errors.ts";
import { logLine } from "../../platform/log.ts";
import { ledgerPaths } from "../../platform/paths.ts";
import { envelope } from "../../render/json.ts";
import { formatDuration } from "../../render/numbers.ts";
import { terminalOf } from "../../render/terminal.ts";
import { writeOut } from "../../render/write.ts";
import { type Context, type OpenLedger, withLedger } from "../context.ts";
import type { NotifyFlags, SendFlags } from "../notify.ts";
import { deliveryJson, renderDelivery } from "../output/deliveryText.ts";

export async function status(this: Context, flags: NotifyFlags): Promise<void> {
  await withLedger(this, async (ledger) => show(this, flags, statusOf(this, ledger)), { catchUp: false });
}

/** Sends what waits. In the background it says nothing, keeps to the pauses, and reports troubles in the log. */
export async function send(this: Context, flags: SendFlags): Promise<void> {
  const paths = ledgerPaths(this.env);
  const world = realWorld(this.env, this.process.platform, this.now);
  if (flags.background) {
    try {
      await deliverAlerts(paths, world);
    } catch (error) {
      logLine(paths.log, this.now(), `notify: ${messageOf(error)}`);
    }
    return;
  }
  await withLedger(
    this,
    async (ledger) => {
      const result = await deliverAlerts(paths, world, { insist: true });
      const left = statusOf(this, ledger);
      if (result.busy || left.waiting.length > 0 || result.givenUp > 0) this.process.exitCode = 1;
      if (!flags.json)
        await writeOut(result.busy ? "Another process is sending just now.\n" : `${result.posted} posted.\n`);
      await show(this, flags, left);
    },
    { catchUp: false },
  );
}

/** How a channel took the test. */
interface Tried {
  channel: "desktop" | "webhook";
  ok: boolean;
  status: number | null;
  found: string;
}

export async function test(this: Context, flags: NotifyFlags): Promise<void> {
  await withLedger(
    this,
    async (ledger) => {
      const { channels, noDesktop } = statusOf(this, ledger);
      const world = realWorld(this.env, this.process.platform, this.now);
      const tried = await tryChannels(channels, world);
      if (tried.length === 0 || tried.some(({ ok }) => !ok)) this.process.exitCode = 1;
      if (flags.json) {
        await writeOut(envelope("notify-test", { channels: tried }, this.now()));
        return;
      }
      const lines = tried.map(({ channel, ok, found }) => `${channel.padEnd(8)} ${ok ? "ok" : "FAILED"}: ${found}`);
      if (noDesktop !== null) lines.unshift(`desktop  not used: ${noDesktop}`);
      if (channels.webhook === null) lines.push("webhook  not set: `cc-ledger config notify.webhook https://...`");
      await writeOut(`${lines.join("\n")}\n`);
    },
    { catchUp: false },
  );
}

async function tryChannels({ desktop, webhook }: Channels, world: DeliveryWorld): Promise<Tried[]> {
  const tried: Tried[] = [];
  if (desktop !== null) {
    const note = { title: "cc-ledger: test", body: "Alerts of the guard arrive here." };
    const trouble = await showNote(desktop, note, world.env);
    tried.push({
      channel: "desktop",
      ok: trouble === null,
      status: null,
      found: trouble ?? `shown by ${desktop.name}`,
    });
  }
  if (webhook !== null) {
    const from = world.now();
    const message = { delivery: `test-${crypto.randomUUID()}`, body: JSON.stringify(testMessage()) };
    const outcome = await post(webhook, message, world);
    const where = maskedUrl(webhook.url.href);
    tried.push({
      channel: "webhook",
      ok: outcome.kind === "delivered",
      status: outcome.status,
      found:
        outcome.kind === "delivered"
          ? `${where} answered ${outcome.status} in ${formatDuration(world.now() - from)}`
          : `${where} ${outcome.reason}`,
    });
  }
  return tried;
}

function statusOf(context: Context, { db, paths }: OpenLedger): DeliveryStatus {
  const settings = readSettings(db);
  return deliveryStatus(paths, (key) => settings.get(key) ?? null, {
    env: context.env,
    platform: context.process.platform,
    nowMs: context.now(),
  });
}

async function show(context: Context, flags: NotifyFlags, found: DeliveryStatus): Promise<void> {
  const nowMs = context.now();
  if (flags.json) await writeOut(envelope("notify", deliveryJson(found), nowMs));
  else await writeOut(renderDelivery(found, terminalOf(context.process.stdout, context.env), nowMs));
}
