/** `npm run sandbox -- ARGS`: runs the built program in a scratch home below `.scratch/`, so that nothing of yours is touched.
 *  Put a history into `.scratch/claude/projects/` to look at it. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const scratch = join(root, ".scratch");
const executable = join(root, "dist", "cc-ledger");
if (!existsSync(executable)) {
  console.error("Build it first: npm run build");
  process.exit(1);
}
const env = {
  PATH: process.env.PATH ?? "",
  TERM: process.env.TERM ?? "dumb",
  LANG: process.env.LANG ?? "C.UTF-8",
  HOME: join(scratch, "home"),
  CLAUDE_CONFIG_DIR: join(scratch, "claude"),
  CC_LEDGER_HOME: join(scratch, "ledger"),
};
for (const folder of [env.HOME, env.CLAUDE_CONFIG_DIR]) mkdirSync(folder, { recursive: true });
const child = Bun.spawn([executable, ...process.argv.slice(2)], {
  env,
  stdin: "inherit",
  stdout: "inherit",
  stderr: "inherit",
});
process.exit(await child.exited);
