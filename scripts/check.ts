/** All static checks: types, format and lint, dead code, the arrows between the rooms. */
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const bin = (name: string): string => join(root, "node_modules", ".bin", name);
const checks: [string, string[]][] = [
  ["types", [bin("tsc"), "--noEmit", "-p", "."]],
  ["format and lint", [bin("biome"), "check", "--error-on-warnings", "."]],
  ["dead code", [process.execPath, bin("knip")]],
  ["layers", [process.execPath, join(root, "scripts", "layers.ts")]],
  ["schema docs", [process.execPath, join(root, "scripts", "schema-docs.ts"), "--check"]],
];

let failed = 0;
for (const [name, command] of checks) {
  const child = Bun.spawn(command, { cwd: root, stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name}`);
  if (code === 0) continue;
  failed++;
  console.log(`${out}${err}`.trimEnd());
}
process.exit(failed === 0 ? 0 : 1);
