import { expect, test } from "bun:test";
import { PassThrough } from "node:stream";
import { Protocol, RpcError } from "../../src/mcp/protocol.ts";
import { LineTransport } from "../../src/mcp/transport.ts";

/** A protocol whose slow request waits until it is let go. */
function served(): {
  ask(message: object): void;
  said: { id?: unknown; result?: unknown; error?: unknown }[];
  letGo(): void;
  settled(): Promise<void>;
  begun(): number;
} {
  const input = new PassThrough();
  const said: { id?: unknown }[] = [];
  const output = {
    write(text: string, done: () => void): boolean {
      said.push(JSON.parse(text) as { id?: unknown });
      done();
      return true;
    },
    on: () => undefined,
  };
  const transport = new LineTransport({ input, output });
  let letGo = (): void => undefined;
  let begun = 0;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const protocol = new Protocol(
    transport,
    { serverInfo: { name: "x", title: "x", version: "1" }, capabilities: {}, instructions: "" },
    {
      slow: async () => {
        await gate;
        return { done: true };
      },
      broken: () => {
        throw new Error("a fault");
      },
      refused: () => {
        throw new RpcError(-32002, "not here");
      },
    },
    () => begun++,
  );
  transport.start();
  return {
    ask: (message) => void input.emit("data", Buffer.from(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`)),
    said,
    letGo: () => letGo(),
    settled: () => protocol.settled(),
    begun: () => begun,
  };
}

test("a request that is called off is not answered, others are", async () => {
  const { ask, said, letGo, settled } = served();
  ask({ id: 1, method: "slow" });
  ask({ id: "two", method: "slow" });
  ask({ method: "notifications/cancelled", params: { requestId: 1 } });
  ask({ method: "notifications/cancelled", params: { requestId: 99 } });
  letGo();
  await settled();
  expect(said).toEqual([{ jsonrpc: "2.0", id: "two", result: { done: true } } as object]);
});

test("quick requests do not wait for slow ones, and faults are answers", async () => {
  const { ask, said, letGo, settled } = served();
  ask({ id: 1, method: "slow" });
  ask({ id: 2, method: "ping" });
  ask({ id: 3, method: "broken" });
  ask({ id: 4, method: "refused" });
  ask({ id: 5, method: "toString" });
  await Bun.sleep(0);
  expect(new Set(said.map(({ id }) => id))).toEqual(new Set([2, 3, 4, 5]));
  const errorOf = (id: number): unknown => said.find((one) => one.id === id)?.error;
  expect(errorOf(3)).toEqual({ code: -32603, message: "a fault" });
  expect(errorOf(4)).toEqual({ code: -32002, message: "not here" });
  expect(errorOf(5)).toMatchObject({ code: -32601 });
  letGo();
  await settled();
  expect(said.at(-1)).toMatchObject({ id: 1, result: { done: true } });
});

test("the client says once that it is ready, and answers of its own are no requests", () => {
  const { ask, said, begun } = served();
  ask({ method: "notifications/initialized" });
  ask({ method: "notifications/unheard-of" });
  ask({ id: 7, result: {} });
  expect(begun()).toBe(1);
  expect(said).toEqual([]);
});
