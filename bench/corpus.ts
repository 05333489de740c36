import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateHistory } from "../test/corpus/generate.ts";

/** Large histories for the benchmarks.
 *  `plain`: one assistant line a call, 1.8-4.2 kB of text each, unique ids: what ccusage's own benchmark generator writes.
 *  `real`: lines repeat x1.9, sub-agents, forks, side questions, tool results and progress lines in the proportions of real histories. */
export type Profile = "plain" | "real";

const MIB = 1 << 20;
const LINE_TEXT = "x".repeat(4_300);
const PLAIN_FILE_BYTES = 412_000;

/** Writes a history of about `mib` mebibytes below `dir`, unless it stands there already; answers its size in bytes. */
export function writeBenchCorpus(dir: string, profile: Profile, mib: number): number {
  const marker = join(dir, `complete-${profile}-${mib}`);
  if (!existsSync(marker)) {
    if (profile === "plain") writePlain(dir, mib * MIB);
    else writeReal(dir, mib * MIB);
    writeFileSync(marker, "");
  }
  return sizeOf(join(dir, "projects"));
}

function sizeOf(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}

function writeReal(dir: string, bytes: number): void {
  let written = 0;
  for (let seed = 1; written < bytes; seed++) {
    const part = join(dir, "projects");
    const before = existsSync(part) && seed % 8 !== 1 ? -1 : 0;
    generateHistory(dir, { seed, sessions: 10, calls: 150, bulk: true });
    if (before === 0 || seed % 8 === 0) written = sizeOf(part);
  }
}

function writePlain(dir: string, bytes: number): void {
  let n = 0;
  for (let file = 0, written = 0; written < bytes; file++) {
    const folder = join(dir, "projects", `-project-${file % 128}`);
    mkdirSync(folder, { recursive: true });
    const sessionId = `session-${String(file).padStart(6, "0")}`;
    let text = "";
    while (text.length < PLAIN_FILE_BYTES) text += plainLine(sessionId, n++);
    writeFileSync(join(folder, `${sessionId}.jsonl`), text);
    written += text.length;
  }
}

function plainLine(sessionId: string, n: number): string {
  const writes = n % 300;
  const message = {
    model: n % 5 === 0 ? "claude-opus-4-20250514" : "claude-sonnet-4-20250514",
    id: `msg_01${n.toString(36).padStart(22, "A")}`,
    type: "message",
    role: "assistant",
    content: [{ type: "text", text: LINE_TEXT.slice(0, 1_800 + ((n * 7_919) % 2_400)) }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: {
      input_tokens: 100 + (n % 1_000),
      cache_creation_input_tokens: writes,
      cache_read_input_tokens: n % 5_000,
      cache_creation: { ephemeral_5m_input_tokens: writes, ephemeral_1h_input_tokens: 0 },
      output_tokens: 20 + (n % 200),
      service_tier: "standard",
    },
  };
  const envelope = {
    parentUuid: null,
    isSidechain: false,
    userType: "external",
    cwd: "/home/dev/project",
    sessionId,
    version: "2.1.39",
    gitBranch: "main",
  };
  const stamp = { uuid: `row-${n}`, timestamp: new Date(Date.UTC(2026, 0, 1) + n * 7_000).toISOString() };
  return `${JSON.stringify({ ...envelope, message, requestId: `req_${n}`, type: "assistant", ...stamp })}\n`;
}
