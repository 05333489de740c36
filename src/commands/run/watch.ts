import type { Context } from "../context.ts";
export async function run(this: Context): Promise<void> {
  const { startView } = await import("../../watch/app.tsx");
  await startView();
}
