import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { writeDemoHistory } from "../../demo/history.ts";
import { UserError } from "../../platform/errors.ts";
import { writeOut } from "../../render/write.ts";
import type { Context } from "../context.ts";
import type { DemoFlags } from "../demo.ts";
import { run as runStats } from "./stats.ts";

export async function run(this: Context, flags: DemoFlags): Promise<void> {
  const folder = flags.keep === undefined ? mkdtempSync(join(tmpdir(), "cc-ledger-demo-")) : newFolder(flags.keep);
  try {
    const claude = join(folder, "claude");
    const files = writeDemoHistory(claude, this.now());
    await writeOut(`A made-up history of ${files} sessions. Yours is untouched.\n\n`);
    const env = {
      ...this.env,
      HOME: folder,
      CLAUDE_CONFIG_DIR: claude,
      CC_LEDGER_HOME: join(folder, "ledger"),
      CC_LEDGER_PRICING: "",
    };
    await runStats.call({ ...this, env }, { json: false, csv: false, quality: false });
    if (flags.keep !== undefined) {
      await writeOut(
        `\nKept. Look around with:\n  CLAUDE_CONFIG_DIR=${claude} CC_LEDGER_HOME=${join(folder, "ledger")} cc-ledger sessions\n`,
      );
    }
  } finally {
    if (flags.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function newFolder(path: string): string {
  const folder = resolve(path);
  if (existsSync(folder)) throw new UserError(`${folder} exists already`, "Name a folder that does not.");
  mkdirSync(folder, { recursive: true });
  return folder;
}
