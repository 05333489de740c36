/** Builds the executable of this machine (or of `--target=bun-linux-arm64` and the like) into `dist/`. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { BunPlugin } from "bun";

const root = join(import.meta.dir, "..");
const target = process.argv.find((arg) => arg.startsWith("--target="))?.slice("--target=".length);
const out = join(root, "dist", target === undefined ? "cc-ledger" : `cc-ledger-${target.replace(/^bun-/, "")}`);
mkdirSync(join(root, "dist"), { recursive: true });

/** Surfaces that are bundled into one file each before all else: every further file costs a process a fifth of a millisecond to load, and
 *  split by what they share they would be two dozen. A hook loads none of what commands need, commands load nothing of a terminal view or of the MCP server. */
const SURFACES: Readonly<Record<string, string>> = {
  hook: "src/commands/hook.ts",
  hookPass: "src/commands/hookPass.ts",
  app: "src/commands/app.ts",
  statusline: "src/commands/statusline.ts",
  statuslineFiling: "src/commands/statuslineFiling.ts",
  watch: "src/watch/app.tsx",
  mcp: "src/mcp/serve.ts",
};

async function bundle(surface: string, folder: string): Promise<void> {
  await Bun.build({
    entrypoints: [join(root, SURFACES[surface] as string)],
    target: "bun",
    format: "esm",
    minify: true,
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [bundled(folder, surface), withoutDevtools],
    outdir: folder,
    naming: `${surface}.js`,
  });
}

/** Ink loads React's developer tools where the environment says DEV=true. They are no dependency of ours, and no environment may ask for them. */
const withoutDevtools: BunPlugin = {
  name: "without developer tools",
  setup(build) {
    build.onResolve({ filter: /^\.\/devtools\.js$/ }, () => ({ path: "devtools", namespace: "nothing" }));
    build.onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: "", loader: "js" }));
  },
};

/** Makes modules load the bundles instead of the surfaces' own modules. While `own` is bundled the others stay outside of it. */
function bundled(folder: string, own: string | null): BunPlugin {
  const surfaces = new Map(Object.entries(SURFACES).map(([surface, entry]) => [join(root, entry), surface]));
  return {
    name: "bundled surfaces",
    setup(build) {
      build.onResolve({ filter: /^\..*\.tsx?$/ }, ({ path, importer }) => {
        const surface = surfaces.get(resolve(dirname(importer), path));
        if (surface === undefined || surface === own) return undefined;
        return { path: join(folder, `${surface}.js`), external: own !== null };
      });
    },
  };
}

const scratch = mkdtempSync(join(tmpdir(), "cc-ledger-build-"));
try {
  for (const surface of Object.keys(SURFACES)) await bundle(surface, scratch);
  // Splitting and bytecode keep the start short: only the chunks in use are loaded. The executable must not pick up the `.env` or
  // `bunfig.toml` of whatever folder the person stands in.
  await Bun.build({
    entrypoints: [join(root, "src/main.ts"), join(root, "src/ledger/readWorker.ts")],
    target: "bun",
    format: "esm",
    minify: true,
    splitting: true,
    bytecode: true,
    plugins: [bundled(scratch, null)],
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
