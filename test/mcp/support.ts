import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { serve } from "../../src/mcp/server.ts";
import { type Home, PROGRAM } from "../e2e/program.ts";

/** The official SDK's client, before the built program or before the server in this process with a clock of the test's. */

/** What a tool answered. */
export interface Told {
  isError: boolean;
  text: string;
  /** Structured content, which the client has validated against the tool's schema. */
  data: Record<string, unknown>;
  /** Bytes of the whole answer. */
  bytes: number;
}

export interface Connected extends AsyncDisposable {
  client: Client;
  call(name: string, args?: Record<string, unknown>): Promise<Told>;
}

/** Starts the built program and lists its tools, so that the client knows the schemas of their answers. */
export async function connectProgram(
  home: Home,
  extra: Record<string, string> = {},
  cwd = home.dir,
): Promise<Connected> {
  const transport = new StdioClientTransport({
    command: PROGRAM,
    args: ["mcp"],
    env: home.env(extra),
    cwd,
    stderr: "pipe",
  });
  return connected(transport);
}

/** Serves in this process. Nothing of the machine's time comes in. */
export async function connectHere(
  home: Home,
  nowMs: number,
  more: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Connected> {
  const input = new PassThrough();
  const output = new PassThrough();
  const world = { env: home.env(more.env), cwd: more.cwd ?? home.dir, now: () => nowMs, self: [PROGRAM] };
  const served = serve(world, { input, output });
  const transport: Transport = {
    async start() {
      let rest = "";
      output.on("data", (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) transport.onmessage?.(JSON.parse(line) as JSONRPCMessage);
      });
    },
    async send(message) {
      input.write(`${JSON.stringify(message)}\n`);
    },
    async close() {
      input.end();
      await served;
      transport.onclose?.();
    },
  };
  return connected(transport);
}

async function connected(transport: Transport): Promise<Connected> {
  const client = new Client({ name: "test", version: "1" });
  await client.connect(transport);
  await client.listTools();
  return {
    client,
    async call(name, args = {}) {
      const result = await client.callTool({ name, arguments: args });
      const content = result.content as { type: string; text: string }[];
      return {
        isError: result.isError === true,
        text: content.map(({ text }) => text).join("\n"),
        data: (result.structuredContent ?? {}) as Record<string, unknown>,
        bytes: Buffer.byteLength(JSON.stringify(result)),
      };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** Writes a transcript below the home's config folder. */
export function writeTranscript(home: Home, path: string, ...rows: readonly string[]): void {
  const full = join(home.claude, "projects", path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, rows.join(""));
}

/** The title that the client gave to a session. */
export function title(sessionId: string, text: string): string {
  return `${JSON.stringify({ type: "ai-title", aiTitle: text, sessionId })}\n`;
}
