import { expect, test } from "bun:test";
import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { conserved, dumpBook } from "./dump.ts";
import { ingest, scratch } from "./ingest.ts";
import { type WorldFile, world, writeText, writeWorld } from "./world.ts";

/** One way to feed a history to the ledger: what happens to its files between two readings. */
type Step =
  | { kind: "grow"; file: number; share: number }
  | { kind: "truncate"; file: number; share: number }
  | { kind: "rewrite"; file: number }
  | { kind: "move"; file: number }
  | { kind: "read" }
  | { kind: "read again" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("grow" as const),
      file: fc.nat(5),
      share: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("truncate" as const),
      file: fc.nat(5),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("rewrite" as const), file: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("move" as const), file: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("read" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("read again" as const) }) },
);

const RUNS = Number(process.env.CC_LEDGER_RUNS ?? (process.env.CC_LEDGER_LONG === "1" ? 2_000 : 200));

test(`any order, split, repetition, truncation, rewrite or move of the files makes the same ledger (${RUNS} histories)`, async () => {
  await fc.assert(
    fc.asyncProperty(
      world,
      fc.array(step, { minLength: 2, maxLength: 12 }),
      fc.boolean(),
      async (files, steps, reverse) => {
        const { dir, remove } = scratch();
        try {
          const clean = join(dir, "clean");
          writeWorld(clean, files);
          await ingest(clean, join(dir, "home-clean"));
          const live = join(dir, "live");
          await feed(live, join(dir, "home-live"), reverse ? [...files].reverse() : files, steps);
          const book = join(dir, "home-live", "ledger.db");
          expect(dumpBook(book)).toEqual(dumpBook(join(dir, "home-clean", "ledger.db")));
          expect(conserved(book)).toBe(true);
        } finally {
          remove();
        }
      },
    ),
    { numRuns: RUNS },
  );
}, 3_600_000);

async function feed(config: string, home: string, files: readonly WorldFile[], steps: readonly Step[]): Promise<void> {
  mkdirSync(join(config, "projects"), { recursive: true });
  const texts = files.map((file) => Buffer.from(`${file.lines.join("\n")}\n`));
  const written = files.map(() => 0);
  const paths = files.map((file) => join(config, file.path));
  for (const action of steps) {
    if (action.kind === "read") await ingest(config, home);
    else if (action.kind === "read again") await ingest(config, home, true);
    else {
      const n = action.file % files.length;
      const path = paths[n] as string;
      const text = texts[n] as Buffer;
      mkdirSync(dirname(path), { recursive: true });
      const have = written[n] as number;
      if (action.kind === "grow") {
        const to = have + Math.floor((text.length - have) * action.share);
        appendFileSync(path, text.subarray(have, to));
        written[n] = to;
      } else if (action.kind === "truncate" && have > 0) {
        const to = Math.floor(have * action.share);
        truncateSync(path, to);
        written[n] = to;
      } else if (action.kind === "rewrite") {
        rmSync(path, { force: true });
        writeFileSync(path, text.subarray(0, have));
      } else if (action.kind === "move" && have > 0) {
        const moved = path.replace("-nowhere-repo", `-moved-${n}-repo`);
        if (moved === path) continue;
        mkdirSync(dirname(moved), { recursive: true });
        renameSync(path, moved);
        paths[n] = moved;
      }
    }
  }
  for (const [n, path] of paths.entries()) {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, (texts[n] as Buffer).subarray(written[n] as number));
  }
  await ingest(config, home);
}

test("reading again opens no file that did not change", async () => {
  const { dir, remove } = scratch();
  try {
    const config = join(dir, "config");
    const [files] = fc.sample(world, { numRuns: 1, seed: 7 });
    writeWorld(config, files as WorldFile[]);
    const first = await ingest(config, join(dir, "home"));
    expect(first.work.opened).toBe((files as WorldFile[]).length);
    const second = await ingest(config, join(dir, "home"));
    expect(second.work).toEqual({ opened: 0, bytes: 0 });
    const line = `${JSON.stringify({ type: "mode", mode: "x" })}\n`;
    appendFileSync(join(config, (files as WorldFile[])[0]?.path as string), line);
    const third = await ingest(config, join(dir, "home"));
    expect(third.work).toEqual({ opened: 1, bytes: line.length });
    writeText(config, "projects/x/new.jsonl", "");
    expect((await ingest(config, join(dir, "home"))).work.opened).toBe(1);
  } finally {
    remove();
  }
});
