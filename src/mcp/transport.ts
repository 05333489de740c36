/** Messages as lines of JSON on standard input and output. It outlives whatever a client sends: a line that is no message is answered with an
 *  error, one that is too long is read past without being kept. */

/** A JSON-RPC message as it came in: a request, a notification, or an answer. */
export interface Message {
  id?: string | number;
  method?: string;
  params?: Readonly<Record<string, unknown>>;
}

/** Longest line that is read, bytes. No request here needs more than a few kilobytes. */
export const MAX_LINE = 1 << 20;

const NEWLINE = 10;
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;

/** What is needed of a process's standard streams. */
export interface Lines {
  input: {
    on(event: "data", listener: (chunk: Buffer) => void): unknown;
    on(event: "end" | "close" | "error", listener: () => void): unknown;
  };
  output: {
    write(text: string, done: (error?: Error | null) => void): boolean;
    on(event: "error", listener: () => void): unknown;
  };
}

export class LineTransport {
  onclose: (() => void) | null = null;
  onmessage: ((message: Message) => void) | null = null;
  readonly #lines: Lines;
  #parts: Buffer[] = [];
  #length = 0;
  #isTooLong = false;
  #isClosed = false;
  #isDeaf = false;

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  start(): void {
    const { input, output } = this.#lines;
    const end = (): void => this.close();
    input.on("data", (chunk) => this.#read(chunk));
    input.on("end", end);
    input.on("close", end);
    input.on("error", end);
    output.on("error", () => {
      this.#isDeaf = true;
      this.close();
    });
  }

  /** Resolves when the line is out, or when there is nobody left to read it. A client may have said all it has to say and still listen. */
  send(message: object): Promise<void> {
    if (this.#isDeaf) return Promise.resolve();
    return new Promise((resolve) => {
      this.#lines.output.write(`${JSON.stringify(message)}\n`, () => resolve());
    });
  }

  /** Takes no more messages. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#parts = [];
    this.onclose?.();
  }

  #read(chunk: Buffer): void {
    let at = 0;
    while (!this.#isClosed) {
      const end = chunk.indexOf(NEWLINE, at);
      this.#keep(chunk.subarray(at, end < 0 ? chunk.length : end));
      if (end < 0) return;
      this.#take();
      at = end + 1;
    }
  }

  #keep(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > MAX_LINE) {
      this.#isTooLong = true;
      this.#parts = [];
    } else if (part.length > 0) this.#parts.push(part);
  }

  #take(): void {
    const isTooLong = this.#isTooLong;
    const line = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    this.#isTooLong = false;
    if (isTooLong) this.#refuse(INVALID_REQUEST, `a message may have ${MAX_LINE} bytes at most`);
    else this.#parse(line.toString("utf8").trim());
  }

  #parse(text: string): void {
    if (text === "") return;
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      // Not only a SyntaxError: something nested a million times deep ends in another one.
      this.#refuse(PARSE_ERROR, "this line is no JSON");
      return;
    }
    if (isMessage(message)) this.onmessage?.(message);
    else this.#refuse(INVALID_REQUEST, "this is no JSON-RPC 2.0 message (batches are not taken)", idOf(message));
  }

  /** Without an id, where there is none that can be read: that is how MCP wants it. */
  #refuse(code: number, message: string, id?: string | number): void {
    const error = { jsonrpc: "2.0" as const, ...(id !== undefined && { id }), error: { code, message } };
    void this.send(error);
  }
}

function idOf(value: unknown): string | number | undefined {
  const id = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
  return typeof id === "string" || typeof id === "number" ? id : undefined;
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== "object" || value === null || !("jsonrpc" in value) || value.jsonrpc !== "2.0") return false;
  const hasId = idOf(value) !== undefined;
  if ("method" in value)
    return (
      typeof value.method === "string" && (hasId || !("id" in value)) && isParams("params" in value ? value.params : {})
    );
  return hasId && ("result" in value || "error" in value);
}

function isParams(params: unknown): boolean {
  return params === undefined || (typeof params === "object" && params !== null && !Array.isArray(params));
}
