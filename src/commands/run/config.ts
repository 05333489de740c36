import { GUARD_SETTINGS } from "../../guard/rules.ts";
import { readSetting, SETTINGS, settingOf, writeSetting } from "../../ledger/config.ts";
import { UserError } from "../../platform/errors.ts";
import { envelope } from "../../render/json.ts";
import { writeOut } from "../../render/write.ts";
import { STATUSLINE_SETTINGS } from "../../statusline/settings.ts";
import type { ConfigFlags } from "../config.ts";
import { type Context, withLedger } from "../context.ts";
import { wireGuard } from "../guardHooks.ts";

const ALL = [...SETTINGS, ...GUARD_SETTINGS, ...STATUSLINE_SETTINGS];

export async function run(this: Context, flags: ConfigFlags, key?: string, value?: string): Promise<void> {
  await withLedger(
    this,
    async ({ db, book }) => {
      if (key !== undefined) settingOf(key, ALL);
      if (key !== undefined && value !== undefined) {
        if (!book.writable) throw new UserError(book.readOnlyReason ?? "the book cannot be written");
        writeSetting(db, settingOf(key, ALL), value);
        if (key.startsWith("guard."))
          for (const note of await wireGuard(this, db)) this.process.stderr.write(`${note}\n`);
      }
      const shown = key === undefined ? ALL : [settingOf(key, ALL)];
      const values = shown.map((setting) => ({
        key: setting.key,
        value: readSetting(db, setting.key),
        brief: setting.brief,
      }));
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
