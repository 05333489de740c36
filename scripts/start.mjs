// `npm start [-- ARGS]`: builds the executable if needed and prints the six panels of this person's history, or of a
// made-up one where there is none. Everything it needs is installed first.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { bun, root, run } from "./bun.mjs";

const binary = bun();
const executable = join(root, "dist", process.platform === "win32" ? "cc-ledger.exe" : "cc-ledger");

/** Time of the newest file below a folder, milliseconds. */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

if (!existsSync(executable) || statSync(executable).mtimeMs < newest(join(root, "src"))) {
  const code = run(binary, ["--no-env-file", "scripts/build.ts"]);
  if (code !== 0) process.exit(code);
}
const args = process.argv.slice(2);
process.exit(run(executable, args.length > 0 ? args : ["stats", "--or-demo"]));
