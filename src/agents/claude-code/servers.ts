import type { ServerEvent } from "../events.ts";
import { arrayOf, objectOf, type Row, textOf } from "./rows.ts";

/** MCP servers that the client told its model of. Two kinds of attachments say so: lists of tools that are there but not loaded, and the servers'
 *  own instructions. Both texts stand in the prompt as they are here; their sizes are kept, the texts are not. */

/** How the rows begin that {@link serversOf} reads, as clients write them. */
export const SERVER_ROWS = [
  '"attachment":{"type":"deferred_tools_delta"',
  '"attachment":{"type":"mcp_instructions_delta"',
] as const;

const MAX_NAME = 120;
/** More names than this in one row are not looked at. */
const MAX_NAMES = 5_000;
const TOOL = /^mcp__(.+?)__./;

/** What one server put in the prompt. */
export type ToldServer = Omit<ServerEvent, "sessionId" | "runId" | "atMs">;

/** Servers that an attachment tells of or takes away, by name; none for any other attachment. */
export function serversOf(attachment: unknown): ToldServer[] {
  const row = objectOf(attachment);
  if (row?.type === "deferred_tools_delta") return listed(row);
  return row?.type === "mcp_instructions_delta" ? instructed(row) : [];
}

function listed(row: Row): ToldServer[] {
  const told = new Map<string, ToldServer>();
  const lines = namesIn(row.addedLines);
  // A line is the tool's name, or the name and what it is for.
  for (const line of lines.length > 0 ? lines : namesIn(row.addedNames)) {
    const name = TOOL.exec(line)?.[1];
    if (name === undefined) continue;
    const server = entryOf(told, name);
    server.tools++;
    server.toolBytes += Buffer.byteLength(line) + 1;
  }
  for (const name of namesIn(row.removedNames)) {
    const server = TOOL.exec(name)?.[1];
    if (server !== undefined) entryOf(told, server).removed = true;
  }
  return [...told.values()];
}

function instructed(row: Row): ToldServer[] {
  const told = new Map<string, ToldServer>();
  const blocks = arrayOf(row.addedBlocks);
  namesIn(row.addedNames).forEach((name, at) => {
    const block = blocks[at];
    if (typeof block === "string") entryOf(told, name).instructionBytes += Buffer.byteLength(block) + 1;
  });
  for (const name of namesIn(row.removedNames)) entryOf(told, name).removed = true;
  return [...told.values()].filter((server) => server.server !== "");
}

function namesIn(value: unknown): string[] {
  return arrayOf(value)
    .slice(0, MAX_NAMES)
    .map((name) => textOf(name, 10_000));
}

/** The row of a server, under the name that its tools have: the client writes every other sign as `_` there. */
function entryOf(told: Map<string, ToldServer>, name: string): ToldServer {
  const server = name.slice(0, MAX_NAME).replaceAll(/[^\w-]/g, "_");
  const known = told.get(server) ?? { server, tools: 0, toolBytes: 0, instructionBytes: 0, removed: false };
  told.set(server, known);
  return known;
}
