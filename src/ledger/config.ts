import type { Database } from "bun:sqlite";
import { UserError } from "../platform/errors.ts";
import { timeZoneOf } from "../platform/time.ts";

/** Settings kept in the book. */
export interface Setting {
  key: string;
  brief: string;
  /** Answers the value as it is stored, or throws a {@link UserError}. */
  check(value: string): string;
  /** What is shown of a value that is not for everybody's eyes. */
  shown?(value: string): string;
}

const BILLING = ["api", "pro", "max", "team", "enterprise"];

export const SETTINGS: readonly Setting[] = [
  {
    key: "timezone",
    brief: "zone in which days are cut, such as Europe/Berlin",
    check: (value) => {
      timeZoneOf(value);
      return value;
    },
  },
  {
    key: "billing",
    brief: `how sessions are paid for: ${BILLING.join(", ")}`,
    check: (value) => {
      if (!BILLING.includes(value))
        throw new UserError(`billing is one of ${BILLING.join(", ")}, not ${JSON.stringify(value)}`);
      return value;
    },
  },
  {
    key: "git_notes.enabled",
    brief: "write what a commit cost into a git note of its own: true or false",
    check: truth,
  },
  {
    key: "blobs.enabled",
    brief: "keep compressed copies of edited files, before and after: true or false",
    check: truth,
  },
  {
    key: "dashboard.url",
    brief: "address that menus link to, such as http://127.0.0.1:7777/",
    check: (value) => {
      const url = URL.parse(value);
      if (url === null || !/^https?:$/.test(url.protocol))
        throw new UserError(`dashboard.url is an address with http or https, not ${JSON.stringify(value)}`);
      return url.href;
    },
  },
];

function truth(value: string): string {
  if (value !== "true" && value !== "false") throw new UserError(`it is true or false, not ${JSON.stringify(value)}`);
  return value;
}

const PREFIX = "config.";

/** The setting of that name among those known. */
export function settingOf(key: string, known: readonly Setting[]): Setting {
  const setting = known.find((one) => one.key === key);
  if (setting === undefined)
    throw new UserError(
      `there is no setting ${JSON.stringify(key)}`,
      `Settings: ${known.map((one) => one.key).join(", ")}`,
    );
  return setting;
}

/** Value of a setting, null where it is not set. */
export function readSetting(db: Database, key: string): string | null {
  return db.query<{ value: string }, [string]>("SELECT value FROM meta WHERE key = ?").get(PREFIX + key)?.value ?? null;
}

/** All settings that are set, by key: one query, for those who read several. */
export function readSettings(db: Database): Map<string, string> {
  const rows = db
    .query<{ key: string; value: string }, []>("SELECT key, value FROM meta WHERE key >= 'config.' AND key < 'config/'")
    .all();
  return new Map(rows.map(({ key, value }) => [key.slice(PREFIX.length), value]));
}

/** Stores a checked value; an empty one removes the setting. */
export function writeSetting(db: Database, setting: Setting, value: string): void {
  if (value === "") db.query("DELETE FROM meta WHERE key = ?").run(PREFIX + setting.key);
  else
    db.query("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)").run(PREFIX + setting.key, setting.check(value));
}
