// `node scripts/run.mjs FILE ARGS`: runs a TypeScript file of this checkout with the pinned Bun.
import { bun, run } from "./bun.mjs";

process.exit(run(bun(), ["--no-env-file", ...process.argv.slice(2)]));
