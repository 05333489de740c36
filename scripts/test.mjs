// `npm test`: installs what is missing, builds the executable, then runs the checks and the tests. `--long` runs the long series.
// The last line says how many tests passed and failed.
import { spawn } from "node:child_process";
import { bun, root, run } from "./bun.mjs";

/** The long series: storms and kills, many orders of reading, many seeds against ccusage, every model against the real client, 400 histories before
 *  the guard. */
const LONG = [
  "test/long",
  "test/ledger/orderFree.test.ts",
  "test/oracle/ccusage.test.ts",
  "test/real/oracle.test.ts",
  "test/guard/acceptance.test.ts",
];

const long = process.argv.includes("--long");
const only = process.argv.slice(2).filter((arg) => arg !== "--long");
const binary = bun();

if (!long && only.length === 0) {
  const checked = run(binary, ["--no-env-file", "scripts/check.ts"]);
  if (checked !== 0) process.exit(checked);
}
const built = run(binary, ["--no-env-file", "scripts/build.ts"]);
if (built !== 0) process.exit(built);

const args = [
  "--no-env-file",
  "test",
  "--timeout",
  long ? "3600000" : "120000",
  ...(only.length > 0 ? only : long ? LONG : ["test"]),
];
// Files run side by side, one a core; the long series load all cores by themselves.
if (!long) args.push("--parallel");
if (!long && only.length === 0) args.push("--path-ignore-patterns=test/long/**");
const child = spawn(binary, args, {
  cwd: root,
  stdio: ["ignore", "pipe", "pipe"],
  env: { ...process.env, ...(long && { CC_LEDGER_LONG: "1" }) },
});
let text = "";
for (const stream of [child.stdout, child.stderr]) {
  stream.on("data", (chunk) => {
    text += chunk;
    if (text.length > 1_000_000) text = text.slice(-200_000);
    process.stdout.write(chunk);
  });
}
child.on("close", (code) => {
  const count = (word) => Number(new RegExp(`^\\s*(\\d+) ${word}$`, "m").exec(text.slice(-4000))?.[1] ?? 0);
  console.log(`${count("pass")} passed, ${count("fail")} failed, ${count("skip")} skipped`);
  process.exit(code ?? 1);
});
