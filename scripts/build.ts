/** Builds the executable of this machine (or of `--target=bun-linux-arm64` and the like) into `dist/`. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { BunPlugin } from "bun";

const root = join(import.meta.dir, "..");
const target = process.argv.find((arg) => arg.startsWith("--target="))?.slice("--target=".length);
const out = join(root, "dist", target === undefined ? "cc-ledger" : `cc-ledger-${target.replace(/^bun-/, "")}`);
mkdirSync(join(root, "dist"), { recursive: true });

/** Surfaces that are bundled into one file each before all else: every further file costs a process a fifth of a millisecond to load, and
 *  split by what they share they would be two dozen. A hook loads none of what commands need. */
const SURFACES = ["hook", "statusline", "statuslineFiling", "app"];

/** What a statusline files with is loaded where there is something to file, which is the less frequent case: a bundle of its own. */
const apart: BunPlugin = {
  name: "bundles apart",
  setup(build) {
    build.onResolve({ filter: /^\.\/statuslineFiling\.ts$/ }, ({ path }) => ({ path, external: true }));
  },
};

async function bundle(surface: string, folder: string): Promise<void> {
  await Bun.build({
    entrypoints: [join(root, `src/commands/${surface}.ts`)],
    target: "bun",
    format: "esm",
    minify: true,
    outdir: folder,
    naming: `${surface}.js`,
    plugins: [apart],
  });
}

/** Makes the entry point load the bundles instead of the modules. */
function bundled(folder: string): BunPlugin {
  return {
    name: "bundled surfaces",
    setup(build) {
      build.onResolve({ filter: /(?:\/commands\/(?:hook|statusline|app)|\.\/statuslineFiling)\.ts$/ }, ({ path }) => ({
        path: join(folder, `${basename(path, ".ts")}.js`),
      }));
    },
  };
}

const scratch = mkdtempSync(join(tmpdir(), "cc-ledger-build-"));
try {
  for (const surface of SURFACES) await bundle(surface, scratch);
  // Splitting and bytecode keep the start short: only the chunks in use are loaded. The executable must not pick up the `.env` or
  // `bunfig.toml` of whatever folder the person stands in.
  await Bun.build({
    entrypoints: [join(root, "src/main.ts"), join(root, "src/ledger/readWorker.ts")],
    target: "bun",
    format: "esm",
    minify: true,
    splitting: true,
    bytecode: true,
    plugins: [bundled(scratch)],
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
