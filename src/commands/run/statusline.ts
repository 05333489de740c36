import { writeOut } from "../../render/write.ts";
import type { Context } from "../context.ts";
import { runStatusline } from "../statusline.ts";
import type { StatuslineFlags } from "../statuslineHelp.ts";

export async function run(this: Context, flags: StatuslineFlags): Promise<void> {
  const args = flags.wrap === undefined ? [] : ["--wrap", flags.wrap];
  await writeOut(`${await runStatusline(args, this.env, () => Bun.stdin.text())}\n`);
}
