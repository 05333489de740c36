/** Bundles the action into `action/dist/index.js`, which GitHub runs as it lies in the repository. */
import { join } from "node:path";

const result = await Bun.build({
  entrypoints: [join(import.meta.dir, "src/index.ts")],
  target: "node",
  format: "esm",
  outdir: join(import.meta.dir, "dist"),
  naming: "index.js",
});
console.log(result.outputs.map((output) => output.path.slice(import.meta.dir.length + 1)).join("\n"));
