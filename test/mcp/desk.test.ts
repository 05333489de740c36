import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { Desk } from "../../src/mcp/desk.ts";
import { Home, PROGRAM, reply } from "../e2e/program.ts";
import { writeTranscript } from "./support.ts";

/** How much work calls make, counted instead of timed. */

const S = "aaaaaaaa-0000-4000-8000-000000000001";
let home: Home;
let nowMs: number;
let desk: Desk;

beforeEach(() => {
  home = new Home();
  nowMs = Date.now();
  desk = new Desk({ env: home.env(), cwd: home.dir, now: () => nowMs, self: [PROGRAM] });
});
afterEach(() => {
  desk.close();
  home.remove();
});

const write = (name: string, replies: number): void =>
  writeTranscript(
    home,
    `p/${name}.jsonl`,
    ...Array.from({ length: replies }, (_, n) => reply(name, `${name}-${n}`, nowMs - 60_000 + n)),
  );
const callsIn = (db: Database): number => db.query<{ n: number }, []>("SELECT count(*) AS n FROM calls").get()?.n ?? -1;
const calls = (): Promise<number> => desk.use(({ db }) => callsIn(db));
const told = () => desk.use(({ db }, { upToDate, note }) => ({ calls: callsIn(db), upToDate, note }));

describe("the desk", () => {
  test("opens nothing until it is used", () => {
    expect(desk.freshness()).toEqual({ asOfMs: null, upToDate: false, note: null });
    expect(existsSync(home.ledger)).toBe(false);
    expect(desk.work).toEqual({ looks: 0, readAtOnce: 0, processes: 0 });
  });

  test("reads little on the spot, and looks again only after a while", async () => {
    write(S, 2);
    expect(await calls()).toBe(2);
    write(S, 3);
    expect(await calls()).toBe(2);
    expect(desk.work).toEqual({ looks: 1, readAtOnce: 1, processes: 0 });
    nowMs += 600;
    expect(await calls()).toBe(3);
    nowMs += 600;
    expect(await calls()).toBe(3);
    expect(desk.work).toEqual({ looks: 3, readAtOnce: 2, processes: 0 });
    expect(desk.freshness()).toEqual({ asOfMs: nowMs, upToDate: true, note: null });
  });

  test("looks once for all who come at the same time", async () => {
    write(S, 2);
    expect(await Promise.all([calls(), calls(), calls()])).toEqual([2, 2, 2]);
    expect(desk.work.looks).toBe(1);
  });

  test("finds a session that begins in another project", async () => {
    write(S, 1);
    expect(await calls()).toBe(1);
    nowMs += 600;
    writeTranscript(home, "q/bbbb.jsonl", reply("bbbb", "b1", nowMs));
    expect(await calls()).toBe(2);
  });

  test("leaves much to a process of its own, one at a time, and says so", async () => {
    write(S, 3_000);
    let seen = await told();
    expect(desk.work).toEqual({ looks: 1, readAtOnce: 0, processes: 1 });
    while (!seen.upToDate) {
      expect(seen.note).toContain("logs are being read");
      nowMs += 600;
      await Bun.sleep(10);
      seen = await told();
    }
    expect(seen).toMatchObject({ calls: 3_000, note: null });
    expect(desk.work.processes).toBe(1);
  });

  test("does not call an answer up to date for what is filed while it is worked out", async () => {
    desk.close();
    const slowly = ["sh", "-c", 'sleep 0.6; exec "$0" "$@"', PROGRAM];
    desk = new Desk({ env: home.env(), cwd: home.dir, now: () => nowMs, self: slowly });
    write(S, 3_000);
    const seen = await desk.use(async ({ db }, { upToDate }) => {
      // A slow tool reads first, and has its answer long after the logs were read.
      const calls = callsIn(db);
      while (!desk.freshness().upToDate) await Bun.sleep(10);
      return { calls, upToDate };
    });
    expect(seen).toEqual({ calls: 0, upToDate: false });
    expect(await told()).toEqual({ calls: 3_000, upToDate: true, note: null });
  });

  test("leaves many files to a process of its own", async () => {
    for (let n = 0; n < 40; n++) write(`s${n}`, 1);
    await calls();
    expect(desk.work).toMatchObject({ readAtOnce: 0, processes: 1 });
  });

  test("says where that process fails, answers from what there is, and tries again after a while", async () => {
    write(S, 1);
    desk.close();
    desk = new Desk({ env: home.env(), cwd: home.dir, now: () => nowMs, self: ["false"] });
    expect(await calls()).toBe(1);
    write("big", 3_000);
    nowMs += 600;
    expect(await calls()).toBe(1);
    expect(desk.freshness()).toMatchObject({ upToDate: false, note: "reading the agents' logs failed: exit 1" });
    nowMs += 600;
    await calls();
    expect(desk.work.processes).toBe(1);
    expect(desk.freshness().upToDate).toBe(false);
    nowMs += 5_000;
    await calls();
    expect(desk.work.processes).toBe(2);
  });
});
