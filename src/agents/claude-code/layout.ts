import type { Dirent } from "node:fs";
import { fs } from "../../platform/builtins.ts";
import { messageOf } from "../../platform/errors.ts";
import { type Env, homeOf } from "../../platform/paths.ts";
import { folderOf, nameOf, under } from "../../platform/plainPaths.ts";
import type { Listing } from "../adapter.ts";
import type { FileIdentity } from "./reader.ts";

const MAX_DEPTH = 12;

/** Config folders of Claude Code: `CLAUDE_CONFIG_DIR` (one folder or a comma list), else `~/.claude` and the XDG one. */
export function configDirs(env: Env): string[] {
  const home = homeOf(env);
  const chosen = (env.CLAUDE_CONFIG_DIR ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => (part === "~" || part.startsWith("~/") ? under(home, part.slice(1)) : part));
  const xdg = under(env.XDG_CONFIG_HOME || under(home, ".config"), "claude");
  const dirs = chosen.length > 0 ? chosen : [under(home, ".claude"), xdg];
  return [...new Set(dirs.map((dir) => (nameOf(dir) === "projects" ? folderOf(dir) : dir)))];
}

/** The `projects` folders that exist. */
export function projectRoots(env: Env): string[] {
  return configDirs(env)
    .map((dir) => under(dir, "projects"))
    .filter((dir) => fs().statSync(dir, { throwIfNoEntry: false })?.isDirectory());
}

/** Walks the roots for transcripts and the sidecars of sub-agents. Symbolic links are not followed. */
export function listTranscripts(roots: readonly string[]): Listing {
  const listing: Listing = { roots: [...roots], files: [], problems: [] };
  for (const root of roots) walk(root, 0, listing);
  return listing;
}

function walk(folder: string, depth: number, listing: Listing): void {
  let entries: Dirent[];
  try {
    entries = fs().readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    listing.problems.push({ path: folder, message: messageOf(error) });
    return;
  }
  for (const entry of entries) {
    const { name } = entry;
    if (entry.isDirectory()) {
      if (depth < MAX_DEPTH && name !== "tool-results" && name !== "memory")
        walk(`${folder}/${name}`, depth + 1, listing);
    } else if (entry.isFile()) {
      const kind = kindOf(name);
      if (kind !== null) addFile(`${folder}/${name}`, kind, listing);
    }
  }
}

function addFile(path: string, kind: "log" | "sidecar", listing: Listing): void {
  const info = fs().statSync(path, { throwIfNoEntry: false });
  if (info === undefined) return;
  listing.files.push({ path, inode: info.ino, size: info.size, mtimeMs: info.mtimeMs, kind });
}

/** Kind of a file by its name, null for what is no log: workflow journals and copies that the client set aside. */
export function kindOf(name: string): "log" | "sidecar" | null {
  if (name.endsWith(".jsonl")) return name === "journal.jsonl" || name.includes(".orphaned-") ? null : "log";
  return name.startsWith("agent-") && name.endsWith(".meta.json") ? "sidecar" : null;
}

/** Session and run that a file belongs to by its place: `<slug>/<session>.jsonl`, `<slug>/<session>/subagents/**` or,
 *  in old versions, `<slug>/agent-<id>.jsonl`. What the rows say goes before this. */
export function identityOf(path: string): FileIdentity {
  const stem = nameOf(path).replace(/\.jsonl$|\.meta\.json$/, "");
  const runId = stem.startsWith("agent-") ? stem.slice("agent-".length) : "";
  const parts = path.split(/[\\/]/);
  const at = parts.lastIndexOf("subagents");
  if (at > 0) return { sessionId: parts[at - 1] as string, runId };
  return { sessionId: runId === "" ? stem : "", runId };
}
