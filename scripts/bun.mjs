// Finds the pinned Bun of this checkout, installing the dependencies first where they are missing. Runs on plain Node 20.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a command with inherited output and answers its exit code. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (result.error) throw result.error;
  return result.status ?? 1;
}

/** Installs what the lock file names, unless that is done already. Not `npm ci`: it insists on lock entries for every platform's
 *  optional binaries, and not every registry carries them all. */
export function ensureInstalled() {
  // Some packages ask for a newer Node; they run in Bun, and npm's warnings would only alarm.
  const lock = join(root, "package-lock.json");
  const done = join(root, "node_modules", ".package-lock.json");
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(lock).mtimeMs && findBun() !== null) return;
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const code = run(npm, ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
    shell: process.platform === "win32",
    stdio: ["ignore", 2, "inherit"],
  });
  if (code !== 0) process.exit(code);
}

/** Path of the Bun binary: the package's own, else the platform package that it would have copied it from. */
export function findBun() {
  const own = join(root, "node_modules", "bun", "bin", "bun.exe");
  if (works(own)) return own;
  const scope = join(root, "node_modules", "@oven");
  for (const name of existsSync(scope) ? readdirSync(scope) : []) {
    const binary = join(scope, name, "bin", process.platform === "win32" ? "bun.exe" : "bun");
    if (works(binary)) return binary;
  }
  return null;
}

function works(binary) {
  return existsSync(binary) && statSync(binary).size > 1_000_000 && spawnSync(binary, ["--version"]).status === 0;
}

/** The Bun binary, after making sure that there is one. */
export function bun() {
  ensureInstalled();
  const binary = findBun();
  if (binary === null) {
    console.error("cc-ledger: no Bun binary for this platform was installed; see CONTRIBUTING.md");
    process.exit(1);
  }
  return binary;
}
