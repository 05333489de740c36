import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { Home, PROGRAM, REPLY_COST, reply } from "../e2e/program.ts";
import { connectProgram, type Told, writeTranscript } from "./support.ts";

/** How servers start and end: many at once, from odd places, and without anybody to talk to. */

const S = "aaaaaaaa-0000-4000-8000-000000000001";
let home: Home;

beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

const history = (replies: number): void =>
  writeTranscript(
    home,
    `p/${S}.jsonl`,
    ...Array.from({ length: replies }, (_, n) => reply(S, `m${n}`, Date.now() - 3_600_000 + n)),
  );

/** Asks until the answer is up to date. */
async function settled(call: () => Promise<Told>): Promise<Told> {
  for (let tries = 0; ; tries++) {
    const told = await call();
    if (told.data.upToDate === true || tries > 200) return told;
    await Bun.sleep(50);
  }
}

describe("servers", () => {
  test("that start at once on a machine that has no ledger yet all come to the same figures", async () => {
    history(4_000);
    const servers = await Promise.all(Array.from({ length: 6 }, () => connectProgram(home)));
    const answers = await Promise.all(
      servers.map((server) => settled(() => server.call("usage_summary", { period: "all" }))),
    );
    for (const { isError, text, data } of answers) {
      expect(isError ? text : "ok").toBe("ok");
      expect(data).toMatchObject({ upToDate: true, calls: 4_000, costUsd: (4_000 * REPLY_COST) / 1e9 });
    }
    for (const server of servers) await server[Symbol.asyncDispose]();
  });

  test("that are started through a link find themselves for what they start", async () => {
    history(4_000);
    const link = join(home.dir, "a link");
    symlinkSync(PROGRAM, link);
    const transport = new StdioClientTransport({ command: link, args: ["mcp"], env: home.env(), stderr: "pipe" });
    const client = new Client({ name: "test", version: "1" });
    await client.connect(transport);
    const call = async (name: string, args: object): Promise<Told> => {
      const { isError, content, structuredContent } = await client.callTool({ name, arguments: { ...args } });
      const [text] = content as { text: string }[];
      const data = (structuredContent ?? {}) as Record<string, unknown>;
      return { isError: isError === true, text: text?.text ?? "", data, bytes: 0 };
    };
    expect((await settled(() => call("usage_summary", { period: "all" }))).data.calls).toBe(4_000);
    expect((await call("query", { sql: "SELECT count(*) FROM v_calls" })).data.rows).toEqual([[4_000]]);
    await client.close();
  });

  test("go on in a folder that has been taken away", async () => {
    history(4_000);
    const cwd = join(home.dir, "worktree");
    mkdirSync(cwd);
    await using server = await connectProgram(home, {}, cwd);
    rmSync(cwd, { recursive: true });
    expect((await settled(() => server.call("usage_summary", { period: "all" }))).data.calls).toBe(4_000);
    expect((await server.call("query", { sql: "SELECT 1" })).data.rows).toEqual([[1]]);
    expect((await server.call("usage_summary", { project: "here" })).isError).toBe(true);
  });

  test("end quietly when there is nothing to read, and when they are told to", async () => {
    expect(await home.run(["mcp"])).toEqual({ code: 0, out: "", err: "" });
    const child = Bun.spawn([PROGRAM, "mcp"], { env: home.env(), stdin: "pipe", stdout: "pipe", stderr: "pipe" });
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" })}\n`);
    await child.stdin.flush();
    await child.stdout.getReader().read();
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
  });
});
