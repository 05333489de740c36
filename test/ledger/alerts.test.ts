import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { join } from "node:path";
import { type NewAlert, raiseAlerts, takeUnshown } from "../../src/ledger/alerts.ts";
import { openBook } from "../../src/ledger/open.ts";
import { scratch } from "./ingest.ts";

/** An alert is put before the person once, whoever is at it. */

let dir: string;
let remove: () => void;
const open: Database[] = [];

beforeEach(() => {
  ({ dir, remove } = scratch());
});
afterEach(() => {
  for (const db of open.splice(0)) db.close();
  remove();
});

function book(): Database {
  const { db } = openBook(join(dir, "ledger.db"), { busyTimeoutMs: 1_000, allowReadOnly: false });
  open.push(db);
  return db;
}

const alert = (subject: string, message: string): NewAlert => ({
  subject,
  rule: "limit",
  level: "80",
  atMs: 1,
  sessionId: null,
  promptId: null,
  budgetId: null,
  message,
  costNano: 0,
});

test("those that wait are taken once, the same words once", () => {
  const db = book();
  expect(raiseAlerts(db, [alert("a", "one"), alert("b", "two"), alert("c", "one"), alert("a", "again")])).toBe(3);
  expect(takeUnshown(db, 1, 5)).toEqual(["one", "two"]);
  expect(takeUnshown(db, 1, 6)).toEqual([]);
});

test("of two hooks that find the same at the same time one says it", () => {
  const db = book();
  const other = book();
  raiseAlerts(db, [alert("a", "one"), alert("b", "two")]);
  let theirs: string[] = [];
  // Between the look and the marking of the one, the other takes both.
  const late = new Proxy(db, {
    get(target, name) {
      if (name !== "query") return Reflect.get(target, name);
      return (sql: string) => {
        const statement = target.query(sql);
        if (!sql.startsWith("SELECT")) return statement;
        return {
          all: (session: number) => {
            const found = statement.all(session);
            theirs = takeUnshown(other, session, 5);
            return found;
          },
        };
      };
    },
  });
  expect(takeUnshown(late, 1, 5)).toEqual([]);
  expect(theirs).toEqual(["one", "two"]);
});
