import type { Draw } from "./draw.ts";

/** A place where a person works: files with a family of similarly named ones, and the commands of its kind. */
export interface Project {
  cwd: string;
  branch: string;
  files: string[];
  /** Similarly named files: migrations, fixtures, pages. */
  family: string[];
  test(file: string): string;
  testAll: string;
  check: string;
  build: string;
  bench: string;
  /** How a failed test reads; numbers vary from run to run. */
  failure(name: string, line: number, value: number): string;
  pull: number;
}

const NOUNS = "cart order invoice stock user mail price rate ledger token queue cache route form table chart".split(
  " ",
);
const ROLES = "store view service client helper parser writer model schema hooks policy worker".split(" ");
const FOLDERS = "src src/api src/core src/web src/jobs lib lib/data app/models app/views internal/sync".split(" ");
const APPS = "shop billing atlas beacon harbor meadow lantern quarry relay summit tally vault".split(" ");

interface Kind {
  extension: string;
  test: (file: string) => string;
  testAll: string;
  check: string;
  build: string;
  bench: string;
  failure: (name: string, line: number, value: number) => string;
}

const KINDS: readonly Kind[] = [
  {
    extension: "ts",
    test: (file) => `npx vitest run ${file.replace(/\.ts$/, ".test.ts")}`,
    testAll: "npm test",
    check: "npx tsc --noEmit",
    build: "npm run build",
    bench: "npm run bench",
    failure: (name, line, value) => `FAIL  ${name} > keeps the total\nAssertionError: expected ${value} to be ${line}`,
  },
  {
    extension: "py",
    test: (file) => `pytest -x tests/test_${file.split("/").at(-1)}`,
    testAll: "pytest -q",
    check: "mypy src",
    build: "python -m build",
    bench: "python bench/run.py",
    failure: (name, line, value) =>
      `E   assert ${value} == ${line}\n${name}:${line}: AssertionError\n1 failed in 2.31s`,
  },
  {
    extension: "go",
    test: (file) => `go test ./${file.split("/").slice(0, -1).join("/")}/...`,
    testAll: "go test ./...",
    check: "go vet ./...",
    build: "go build ./...",
    bench: "go test -bench=. ./...",
    failure: (name, line, value) => `--- FAIL: TestTotal (0.0${value % 10}s)\n    ${name}:${line}: got ${value}`,
  },
  {
    extension: "rs",
    test: (file) => `cargo test ${(file.split("/").at(-1) ?? "").replace(".rs", "")}`,
    testAll: "cargo test",
    check: "cargo clippy -- -D warnings",
    build: "cargo build --release",
    bench: "cargo bench",
    failure: (name, line, value) => `thread 'total' panicked at ${name}:${line}:\nassertion failed: left: ${value}`,
  },
];

/** Draws a project that is unlike the others by its number. */
export function drawProject(draw: Draw, number: number): Project {
  const kind = draw.pick(KINDS);
  const app = `${draw.pick(APPS)}-${number}`;
  const path = (): string => `${draw.pick(FOLDERS)}/${draw.pick(NOUNS)}_${draw.pick(ROLES)}.${kind.extension}`;
  const stem = draw.pick(NOUNS);
  const numbered = [
    (n: number) => `fixtures/${stem}_${String(n).padStart(3, "0")}.json`,
    (n: number) => `migrations/${20260100 + n}_${stem}.sql`,
    (n: number) => `docs/chapter-${n}.md`,
    (n: number) => `data/2026-${String(1 + (n % 12)).padStart(2, "0")}-${String(1 + (n % 28)).padStart(2, "0")}.csv`,
    (n: number) => `src/pages/${stem}${n}/index.${kind.extension}`,
  ];
  const name = draw.pick(numbered);
  return {
    cwd: `/home/dev/${app}`,
    branch: "main",
    files: [...new Set(Array.from({ length: draw.int(30, 110) }, path))],
    family: [...new Set(Array.from({ length: draw.int(30, 90) }, (_, n) => name(n + 1)))],
    test: kind.test,
    testAll: kind.testAll,
    check: kind.check,
    build: kind.build,
    bench: kind.bench,
    failure: kind.failure,
    pull: draw.int(3, 900),
  };
}
