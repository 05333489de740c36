import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Advice } from "../../src/mcp/advice.ts";
import { Desk } from "../../src/mcp/desk.ts";
import { filtersOf } from "../../src/reports/filters.ts";
import { Home, PROGRAM, prompt, reply } from "../e2e/program.ts";
import { writeTranscript } from "./support.ts";

/** How often advice is worked out anew, counted in processes. */

const S = "aaaaaaaa-0000-4000-8000-000000000001";
let home: Home;
let nowMs: number;
let desk: Desk;
let advice: Advice;

beforeEach(() => {
  home = new Home();
  nowMs = Date.now();
  const world = { env: home.env(), cwd: home.dir, now: () => nowMs, self: [PROGRAM] };
  desk = new Desk(world);
  advice = new Advice(world);
});
afterEach(() => {
  advice.close();
  desk.close();
  home.remove();
});

const write = (replies: number): void =>
  writeTranscript(
    home,
    `p/${S}.jsonl`,
    prompt(S, "p1", "find out where addresses are checked", nowMs - 90_000),
    ...Array.from({ length: replies }, (_, n) => reply(S, `m-${n}`, nowMs - 60_000 + n)),
  );
const ask = (flags: Parameters<typeof filtersOf>[0] = { since: "all" }, prices = "1") =>
  desk.use(({ db }) =>
    advice.ask(db, prices, { book: desk.paths.db, filters: filtersOf({ timezone: "UTC", ...flags }, nowMs), nowMs }),
  );

describe("advice", () => {
  test("is worked out once as long as nothing is written", async () => {
    write(3);
    const first = await ask();
    expect(first.totals.calls).toBe(3);
    nowMs += 600;
    expect(await ask()).toEqual(first);
    expect(advice.started).toBe(1);
  });

  test("is worked out anew after a call was filed, by this process or another, and for another question or price table", async () => {
    write(3);
    await ask();
    write(4);
    nowMs += 600;
    expect((await ask()).totals.calls).toBe(4);
    expect(advice.started).toBe(2);
    write(5);
    expect((await home.run(["stats"])).code).toBe(0);
    expect((await ask()).totals.calls).toBe(5);
    expect(advice.started).toBe(3);
    expect((await ask({ since: "7d" })).totals.calls).toBe(5);
    await ask({ since: "7d" }, "2");
    expect(advice.started).toBe(5);
  });

  test("of something that the book does not hold is refused in a sentence", async () => {
    write(3);
    await expect(ask({ since: "all", model: "nonsuch" })).rejects.toThrow(
      '--model "nonsuch" matches nothing in the book',
    );
  });
});
