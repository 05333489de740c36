import { describe, expect, test } from "bun:test";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { LineTransport, MAX_LINE, type Message } from "../../src/mcp/transport.ts";

/** A transport, what it took, and what it wrote. */
function opened(): {
  feed(chunk: Buffer | string): void;
  taken: Message[];
  written(): object[];
  closed: () => boolean;
  end(): void;
} {
  const input = new PassThrough();
  const lines: object[] = [];
  const output = {
    write(text: string, done: () => void): boolean {
      lines.push(JSON.parse(text) as object);
      done();
      return true;
    },
    on: () => undefined,
  };
  const transport = new LineTransport({ input, output });
  const taken: Message[] = [];
  let isClosed = false;
  transport.onmessage = (message) => taken.push(message);
  transport.onclose = () => {
    isClosed = true;
  };
  transport.start();
  return {
    // The listener is called directly: a stream would hand chunks over later.
    feed: (chunk) => void input.emit("data", Buffer.from(chunk)),
    taken,
    written: () => lines,
    closed: () => isClosed,
    end: () => void input.emit("end"),
  };
}

const request = (id: number, method = "ping"): Message & { jsonrpc: string } => ({ jsonrpc: "2.0", id, method });

describe("lines", () => {
  test("become the same messages however they are cut into chunks", () => {
    const messages = [request(1, "größe"), request(2, "💶"), request(3, "a")];
    const bytes = Buffer.from(`${messages.map((message) => JSON.stringify(message)).join("\r\n")}\n\n`);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 }), (cuts) => {
        const { feed, taken } = opened();
        const at = [0, ...[...new Set(cuts)].sort((a, b) => a - b), bytes.length];
        for (let n = 1; n < at.length; n++) feed(bytes.subarray(at[n - 1], at[n]));
        expect(taken).toEqual(messages);
      }),
    );
  });

  test("that are no JSON or no message are answered with an error, and the next one is read", () => {
    const { feed, taken, written } = opened();
    feed('garbage\n{"jsonrpc":"2.0"\n[]\n5\nnull\n"x"\n{"id":7}\n{"jsonrpc":"1.0","id":8,"method":"ping"}\n');
    feed('{"jsonrpc":"2.0","id":9,"method":5}\n{"jsonrpc":"2.0","id":{},"method":"ping"}\n');
    feed('{"jsonrpc":"2.0","id":10,"method":"ping","params":[1]}\n\u0000\u0001\n');
    feed(`${JSON.stringify(request(1))}\n`);
    expect(taken).toEqual([request(1)]);
    const errors = written() as { id?: unknown; error: { code: number } }[];
    expect(errors.map(({ error }) => error.code)).toEqual([
      -32700, -32700, -32600, -32600, -32600, -32600, -32600, -32600, -32600, -32600, -32600, -32700,
    ]);
    expect(errors.map(({ id }) => id).filter((id) => id !== undefined)).toEqual([7, 8, 9, 10]);
  });

  test("nested too deep for a parser are no JSON", () => {
    const { feed, taken, written } = opened();
    feed(`${"[".repeat(400_000)}\n${JSON.stringify(request(1))}\n`);
    expect(written()).toHaveLength(1);
    expect(taken).toEqual([request(1)]);
  });

  test("that are too long are read past", () => {
    const { feed, taken, written } = opened();
    const chunk = Buffer.alloc(1 << 16, "x");
    feed('{"jsonrpc":"2.0","id":1,"method":"');
    for (let sent = 0; sent < 10 * MAX_LINE; sent += chunk.length) feed(chunk);
    feed(`"}\n${JSON.stringify(request(2))}\n`);
    expect(written()).toMatchObject([{ error: { code: -32600 } }]);
    expect(taken).toEqual([request(2)]);
  });

  test("end with the pipe", () => {
    const { feed, taken, closed, end } = opened();
    feed('{"jsonrpc":"2.0","id":1,"method":"pi');
    end();
    feed('ng"}\n');
    expect(closed()).toBe(true);
    expect(taken).toEqual([]);
  });
});
