/** Builds the executable of this machine (or of `--target=bun-linux-arm64` and the like) into `dist/`. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { $ } from "bun";

const root = join(import.meta.dir, "..");
const target = process.argv.find((arg) => arg.startsWith("--target="))?.slice("--target=".length);
const out = join(root, "dist", target === undefined ? "cc-ledger" : `cc-ledger-${target.replace(/^bun-/, "")}`);
mkdirSync(join(root, "dist"), { recursive: true });

// Splitting and bytecode keep the hook small: it loads only the chunks it uses. The executable must not pick up the
// `.env` or `bunfig.toml` of whatever folder the person stands in.
const flags = ["--compile", "--minify", "--splitting", "--format=esm", "--bytecode"];
const isolation = ["--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"];
const where = target === undefined ? [] : [`--target=${target}`];
await $`${process.execPath} build ${flags} ${isolation} ${where} src/main.ts src/ledger/readWorker.ts --outfile ${out}`
  .cwd(root)
  .quiet();
console.log(out.slice(root.length + 1));
