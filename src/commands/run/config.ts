import { guardSettings } from "../../guard/rules.ts";
import { readSetting, SETTINGS, settingOf, writeSetting } from "../../ledger/config.ts";
import { passOverUnsent } from "../../ledger/outgoing.ts";
import { NOTIFY_SETTINGS } from "../../notify/settings.ts";
import { UserError } from "../../platform/errors.ts";
import { envelope } from "../../render/json.ts";
import { writeOut } from "../../render/write.ts";
import { STATUSLINE_SETTINGS } from "../../statusline/settings.ts";
import type { ConfigFlags } from "../config.ts";
import { type Context, withLedger } from "../context.ts";
import { wireGuard } from "../guardHooks.ts";

const ALL = [...SETTINGS, ...guardSettings(), ...NOTIFY_SETTINGS, ...STATUSLINE_SETTINGS];

export async function run(this: Context, flags: ConfigFlags, key?: string, value?: string): Promise<void> {
  await withLedger(
    this,
    async ({ db, book }) => {
      if (key !== undefined) settingOf(key, ALL);
      if (key !== undefined && value !== undefined) {
        if (!book.writable) throw new UserError(book.readOnlyReason ?? "the book cannot be written");
        const former = readSetting(db, key);
        writeSetting(db, settingOf(key, ALL), value);
        if (key === "notify.webhook" && former === null) passOverUnsent(db, this.now());
        if (key.startsWith("guard."))
          for (const note of await wireGuard(this, db)) this.process.stderr.write(`${note}\n`);
      }
      const shown = key === undefined ? ALL : [settingOf(key, ALL)];
      const values = shown.map((setting) => {
        const set = readSetting(db, setting.key);
        return { key: setting.key, value: set === null ? null : (setting.shown?.(set) ?? set), brief: setting.brief };
      });
      const widest = Math.max(...values.map((one) => one.key.length));
      if (flags.json) await writeOut(envelope("config", { settings: values }, this.now()));
      else
        await writeOut(
          values
            .map((one) => `${one.key.padEnd(widest)} ${(one.value ?? "(not set)").padEnd(16)} ${one.brief}\n`)
            .join(""),
        );
    },
    { catchUp: false },
  );
}
