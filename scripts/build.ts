/** Builds the executable of this machine (or of `--target=bun-linux-arm64` and the like) into `dist/`. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BunPlugin } from "bun";

const root = join(import.meta.dir, "..");
const target = process.argv.find((arg) => arg.startsWith("--target="))?.slice("--target=".length);
const out = join(root, "dist", target === undefined ? "cc-ledger" : `cc-ledger-${target.replace(/^bun-/, "")}`);
mkdirSync(join(root, "dist"), { recursive: true });

/** What hooks run is bundled into one file first: each further file costs the executable a tenth of a millisecond to load, and with
 *  the rest of the program it would share two dozen. */
async function bundleHook(folder: string): Promise<string> {
  await Bun.build({
    entrypoints: [join(root, "src/commands/hook.ts")],
    target: "bun",
    format: "esm",
    minify: true,
    outdir: folder,
    naming: "hook.js",
  });
  return join(folder, "hook.js");
}

/** Makes the entry point load the bundle instead of the module. */
function bundled(path: string): BunPlugin {
  return {
    name: "bundled hook",
    setup(build) {
      build.onResolve({ filter: /\/commands\/hook\.ts$/ }, () => ({ path }));
    },
  };
}

const scratch = mkdtempSync(join(tmpdir(), "cc-ledger-build-"));
try {
  // Splitting and bytecode keep the start short: only the chunks in use are loaded. The executable must not pick up the `.env` or
  // `bunfig.toml` of whatever folder the person stands in.
  await Bun.build({
    entrypoints: [join(root, "src/main.ts"), join(root, "src/ledger/readWorker.ts")],
    target: "bun",
    format: "esm",
    minify: true,
    splitting: true,
    bytecode: true,
    plugins: [bundled(await bundleHook(scratch))],
    compile: {
      outfile: out,
      autoloadDotenv: false,
      autoloadBunfig: false,
      ...(target === undefined ? {} : { target: target as Bun.Build.CompileTarget }),
    },
  });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(out.slice(root.length + 1));
