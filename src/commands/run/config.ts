import { readSetting, SETTINGS, settingOf, writeSetting } from "../../ledger/config.ts";
import { UserError } from "../../platform/errors.ts";
import { envelope } from "../../render/json.ts";
import { writeOut } from "../../render/write.ts";
import type { ConfigFlags } from "../config.ts";
import { type Context, withLedger } from "../context.ts";

export async function run(this: Context, flags: ConfigFlags, key?: string, value?: string): Promise<void> {
  await withLedger(
    this,
    async ({ db, book }) => {
      if (key !== undefined) settingOf(key);
      if (key !== undefined && value !== undefined) {
        if (!book.writable) throw new UserError(book.readOnlyReason ?? "the book cannot be written");
        writeSetting(db, key, value);
      }
      const shown = key === undefined ? SETTINGS : [settingOf(key)];
      const values = shown.map((setting) => ({
        key: setting.key,
        value: readSetting(db, setting.key),
        brief: setting.brief,
      }));
      if (flags.json) await writeOut(envelope("config", { settings: values }, this.now()));
      else
        await writeOut(
          values.map((one) => `${one.key.padEnd(10)} ${(one.value ?? "(not set)").padEnd(20)} ${one.brief}\n`).join(""),
        );
    },
    { catchUp: false },
  );
}
