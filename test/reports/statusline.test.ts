import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { dayOf } from "../../src/platform/time.ts";
import { calendarAt } from "../../src/reports/periods.ts";
import { BURN_MS, type StatuslineReport, statuslineReport } from "../../src/reports/statusline.ts";
import { generateHistory } from "../corpus/generate.ts";
import { ingest, scratch } from "../ledger/ingest.ts";

/** Every figure against sums over the calls themselves, at many moments, in zones whose midnight cuts hours. */

const { dir, remove } = scratch();
let db: Database;
let calls: { atMs: number; session: string; cost: number | null; prompt: number | null }[];

beforeAll(async () => {
  generateHistory(join(dir, "claude"), { seed: 31, sessions: 40, calls: 40 });
  await ingest(join(dir, "claude"), join(dir, "home"));
  db = new Database(join(dir, "home", "ledger.db"));
  calls = db
    .query<(typeof calls)[number], []>(
      `SELECT c.at_ms AS atMs, s.session_id AS session, c.cost_nano AS cost, c.prompt_id AS prompt
       FROM calls c JOIN sessions s ON s.id = c.session_id ORDER BY c.at_ms, c.id`,
    )
    .all();
});

afterAll(() => {
  db.close();
  remove();
});

function ask(nowMs: number, timeZone: string, more: { session?: string; client?: number } = {}): StatuslineReport {
  return statuslineReport(db, {
    agent: "claude-code",
    sessionId: more.session ?? null,
    promptKey: null,
    clientNanoUsd: more.client ?? null,
    calendar: calendarAt(nowMs, timeZone),
    nowMs,
  });
}

const sum = (list: readonly { cost: number | null }[]): number =>
  list.reduce((total, { cost }) => total + (cost ?? 0), 0);

describe("today", () => {
  test.each(["UTC", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham"])("%s", (zone) => {
    for (let n = 0; n < calls.length; n += Math.ceil(calls.length / 60)) {
      const nowMs = (calls[n] as { atMs: number }).atMs + 90_000;
      const today = dayOf(nowMs, zone);
      const own = calls.filter(({ atMs }) => dayOf(atMs, zone) === today);
      expect(ask(nowMs, zone).today).toEqual({
        costNanoUsd: sum(own),
        calls: own.length,
        unpricedCalls: own.filter(({ cost }) => cost === null).length,
      });
    }
  });
});

test("the session with its sub-agents, its latest prompt, and what it burns", () => {
  let burning = 0;
  for (const session of new Set(calls.map((call) => call.session))) {
    const own = calls.filter((call) => call.session === session);
    for (const call of [own[0], own[own.length >> 1], own.at(-1)]) {
      const nowMs = (call?.atMs ?? 0) + 60_000;
      const report = ask(nowMs, "UTC", { session });
      expect(report.session).toEqual({
        costNanoUsd: sum(own),
        calls: own.length,
        unpricedCalls: own.filter(({ cost }) => cost === null).length,
      });
      const recent = own.filter(({ atMs }) => atMs >= nowMs - BURN_MS && atMs <= nowMs);
      if (recent.length > 0) burning++;
      expect(report.burn).toEqual(
        recent.length === 0
          ? null
          : { perHourNanoUsd: sum(recent) * 6, unpricedCalls: recent.filter(({ cost }) => cost === null).length },
      );
    }
    const latest = db
      .query<{ id: number }, [string]>(
        `SELECT p.id FROM prompts p JOIN sessions s ON s.id = p.session_id WHERE s.session_id = ? ORDER BY p.at_ms DESC LIMIT 1`,
      )
      .get(session);
    const prompted = own.filter(({ prompt }) => prompt === latest?.id);
    expect(ask(0, "UTC", { session }).prompt).toEqual(
      prompted.length === 0
        ? null
        : {
            costNanoUsd: sum(prompted),
            calls: prompted.length,
            unpricedCalls: prompted.filter(({ cost }) => cost === null).length,
          },
    );
  }
  expect(burning).toBeGreaterThan(20);
});

test("a burn rate over more calls than are added up at a time", () => {
  const session = db
    .query<{ id: number; name: string }, []>("SELECT id, session_id AS name FROM sessions LIMIT 1")
    .get();
  db.run("SAVEPOINT many");
  const [call] = db.query("SELECT * FROM calls WHERE session_id = ? LIMIT 1").all(session?.id ?? 0) as Record<
    string,
    number
  >[];
  const columns = Object.keys(call ?? {}).filter((name) => name !== "id");
  const nowMs = calls[0]?.atMs as number;
  for (let n = 0; n < 200; n++) {
    const values = columns.map((name) =>
      name === "key"
        ? 1_000 + n
        : name === "at_ms"
          ? nowMs - (200 - n) * 4_000
          : name === "cost_nano"
            ? 1_000
            : (call?.[name] ?? null),
    );
    db.query(`INSERT INTO calls (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`).run(...values);
  }
  db.query("UPDATE rollup_sessions SET hour = ? WHERE session_id = ?").run(
    Math.floor(nowMs / 3_600_000) + 1,
    session?.id ?? 0,
  );
  // Every four seconds one, over the last ten minutes: 150 of the 200.
  expect(ask(nowMs, "UTC", { session: session?.name ?? "" }).burn?.perHourNanoUsd).toBe(150 * 1_000 * 6);
  db.run("ROLLBACK TO many");
});

describe("the client's own count", () => {
  const priced = (): { session: string; cost: number } => {
    const name = [...new Set(calls.map(({ session }) => session))].find((one) => {
      const own = calls.filter(({ session }) => session === one);
      const inherited = db
        .query("SELECT 1 FROM inherited_calls i JOIN sessions s ON s.id = i.session_id WHERE s.session_id = ?")
        .get(one);
      return inherited === null && own.every(({ cost }) => cost !== null) && sum(own) > 100_000_000;
    });
    return { session: name ?? "", cost: sum(calls.filter(({ session }) => session === name)) };
  };

  test("agrees within a cent or a hundredth", () => {
    const { session, cost } = priced();
    const differs = (client: number): boolean => ask(0, "UTC", { session, client }).differs;
    const tolerance = Math.max(10_000_000, cost * 0.01);
    expect(differs(cost)).toBe(false);
    expect(differs(cost + 9_000_000)).toBe(false);
    expect(differs(cost + tolerance * 1.1)).toBe(true);
    expect(differs(cost - tolerance * 1.1)).toBe(true);
    expect(ask(0, "UTC", { session }).differs).toBe(false);
  });

  test("of a fork begins with what the parent had cost by then", () => {
    const fork = db
      .query<{ name: string; id: number; inherited: number }, []>(
        `SELECT s.session_id AS name, s.id,
           (SELECT sum(c.cost_nano) FROM (SELECT o.session_id AS owner, max(o.at_ms) AS until FROM inherited_calls h
              JOIN calls o ON o.id = h.call_id WHERE h.session_id = s.id GROUP BY o.session_id) f
            JOIN calls c ON c.session_id = f.owner AND c.at_ms <= f.until) AS inherited
         FROM sessions s WHERE s.id IN (SELECT session_id FROM inherited_calls)
           AND s.id IN (SELECT session_id FROM calls GROUP BY session_id HAVING sum(cost_nano IS NULL) = 0)
         ORDER BY inherited DESC LIMIT 1`,
      )
      .get();
    const own = sum(calls.filter(({ session }) => session === fork?.name));
    expect(fork?.inherited ?? 0).toBeGreaterThan(20_000_000);
    const differs = (client: number): boolean => ask(0, "UTC", { session: fork?.name ?? "", client }).differs;
    expect(differs(own + (fork?.inherited ?? 0))).toBe(false);
    expect(differs(own)).toBe(false);
    expect(differs(own + (fork?.inherited ?? 0) * 2 + 1e9)).toBe(true);
  });

  test("cannot be compared where a model has no price", () => {
    const call = calls.find(({ cost }) => cost === null);
    expect(ask(0, "UTC", { session: call?.session ?? "", client: 9e12 }).differs).toBe(false);
  });
});

test("a prompt by its key, and none where it is not known yet", () => {
  const row = db
    .query<{ session: string; id: number }, []>(
      "SELECT s.session_id AS session, p.id FROM prompts p JOIN sessions s ON s.id = p.session_id WHERE p.calls > 0 ORDER BY p.at_ms LIMIT 1",
    )
    .get();
  const options = {
    agent: "claude-code",
    sessionId: row?.session ?? "",
    clientNanoUsd: null,
    calendar: calendarAt(0, "UTC"),
    nowMs: 0,
  };
  expect(statuslineReport(db, { ...options, promptKey: "never asked" }).prompt).toBeNull();
  expect(statuslineReport(db, { ...options, promptKey: null }).prompt).not.toBeNull();
});

test("the limit nearest to its end is shown, also for a session that is not known", () => {
  db.run("SAVEPOINT budgets");
  const budget = db.query(
    "INSERT INTO budgets (per, unit, amount, model, hard, warn, created_ms) VALUES (?, 'usd', ?, ?, 0, '80', 0)",
  );
  const nowMs = (calls.at(-1)?.atMs ?? 0) + 1_000;
  budget.run("day", 1_000_000_000_000, "");
  budget.run("month", 10_000_000, "");
  expect(ask(nowMs, "UTC").budget?.budget).toMatchObject({ per: "month" });
  expect(ask(nowMs, "UTC", { session: calls.at(-1)?.session ?? "" }).budget?.state).toBe("over");
  // A limit of another repo is none of this session's business.
  const [own, other] = db
    .query<{ id: number }, [string]>(
      "SELECT o.id FROM repos o ORDER BY o.id = (SELECT repo_id FROM sessions WHERE session_id = ?) DESC LIMIT 2",
    )
    .all(calls.at(-1)?.session ?? "");
  const scoped = db.query("UPDATE budgets SET repo_id = ? WHERE per = 'month'");
  const perOf = (): string | undefined =>
    ask(nowMs, "UTC", { session: calls.at(-1)?.session ?? "" }).budget?.budget.per;
  scoped.run(other?.id ?? 0);
  expect(perOf()).toBe("day");
  scoped.run(own?.id ?? 0);
  expect(perOf()).toBe("month");
  db.run("ROLLBACK TO budgets");
});

test("an empty book has figures of nothing", async () => {
  const { dir: empty, remove: drop } = scratch();
  await ingest(join(empty, "claude"), join(empty, "home"));
  const book = new Database(join(empty, "home", "ledger.db"));
  const report = statuslineReport(book, {
    agent: "claude-code",
    sessionId: "s",
    promptKey: null,
    clientNanoUsd: 5,
    calendar: calendarAt(0, "UTC"),
    nowMs: 0,
  });
  expect(report).toEqual({
    session: null,
    differs: false,
    prompt: null,
    today: { costNanoUsd: 0, calls: 0, unpricedCalls: 0 },
    day: { fromMs: 0, toMs: 86_400_000 },
    historyRead: true,
    burn: null,
    budget: null,
    limits: [],
  });
  book.close();
  drop();
});
