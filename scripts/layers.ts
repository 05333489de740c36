/** The arrows of the house: a room imports only from the rooms named here, from itself and from platform/. */
import { join, relative, resolve } from "node:path";
import { Glob } from "bun";

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  pricing: [],
  categories: [],
  agents: ["categories"],
  ledger: ["agents", "pricing", "categories"],
  git: [],
  forge: [],
  attribution: ["ledger", "git", "forge"],
  guard: ["ledger"],
  reports: ["agents", "ledger", "categories", "attribution", "guard"],
  render: ["guard", "reports"],
  demo: [],
  commands: [
    "agents",
    "ledger",
    "pricing",
    "categories",
    "git",
    "forge",
    "attribution",
    "guard",
    "reports",
    "render",
    "demo",
  ],
};

/** Rooms that must not know a single agent, only what `agents/*.ts` says of all. */
const AGENT_BLIND = new Set(["ledger", "attribution", "guard", "reports", "render"]);
/** Rooms that must not talk to the database. */
const NO_SQL = new Set(["platform", "pricing", "categories", "agents", "git", "forge", "guard", "render", "demo"]);

const root = join(import.meta.dir, "..");
const src = join(root, "src");
const transpiler = new Bun.Transpiler({ loader: "ts" });

/** Modules that a file names, types included (the transpiler drops those). */
function importsOf(text: string): string[] {
  const named = [...text.matchAll(/(?:^|\n)\s*(?:import|export)\s[^;]*?from\s*"([^"]+)"/g)].map(
    (match) => match[1] as string,
  );
  return [...new Set([...named, ...transpiler.scanImports(text).map((one) => one.path)])];
}

function complaint(room: string, target: string): string | null {
  if (target === "bun:sqlite" && NO_SQL.has(room)) return "talks to the database";
  if (!target.startsWith("src/")) return null;
  const other = target.split("/")[1] as string;
  if (other.endsWith(".ts")) return null;
  if (AGENT_BLIND.has(room) && other === "agents" && target.split("/").length > 3)
    return `knows a single agent (${target})`;
  const open = [room, "platform", ...(ALLOWED[room] ?? [])];
  return open.includes(other) ? null : `imports from ${other}/ (${target})`;
}

const problems: string[] = [];
let files = 0;
for (const path of new Glob("**/*.ts").scanSync(src)) {
  const room = path.split("/")[0] as string;
  if (room.endsWith(".ts")) continue;
  if (ALLOWED[room] === undefined) problems.push(`src/${path}: a room that scripts/layers.ts does not know`);
  files++;
  const full = join(src, path);
  for (const name of importsOf(await Bun.file(full).text())) {
    const target = name.startsWith(".") ? relative(root, resolve(full, "..", name)) : name;
    const found = complaint(room, target);
    if (found !== null) problems.push(`src/${path} ${found}`);
  }
}
if (files === 0) problems.push("found no files");
console.log(problems.length === 0 ? `${files} files keep to their rooms` : problems.join("\n"));
process.exit(problems.length === 0 ? 0 : 1);
