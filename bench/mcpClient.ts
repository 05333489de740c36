import { readFileSync } from "node:fs";

/** Just enough of an MCP client to time a server: the official one would be timed along. */
export class TimedServer {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "ignore">;
  readonly #waiting = new Map<number, (message: { result?: unknown; error?: unknown }) => void>();
  #ids = 0;
  #rest = "";
  readonly #startedNs = Bun.nanoseconds();

  constructor(argv: string[], env: Record<string, string>) {
    this.#child = Bun.spawn(argv, { env, stdin: "pipe", stdout: "pipe", stderr: "ignore" });
    void this.#read();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) {
      this.#rest += decoder.decode(chunk, { stream: true });
      const lines = this.#rest.split("\n");
      this.#rest = lines.pop() ?? "";
      for (const line of lines) {
        const message = JSON.parse(line) as { id?: number; result?: unknown; error?: unknown };
        if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
      }
    }
  }

  #send(message: object): void {
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    void this.#child.stdin.flush();
  }

  #request(method: string, params: object): Promise<unknown> {
    const id = ++this.#ids;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        this.#waiting.delete(id);
        if (error === undefined) resolve(result);
        else reject(new Error(`${method}: ${JSON.stringify(error)}`));
      });
      this.#send({ id, method, params });
    });
  }

  /** Milliseconds from the spawn to the answer. */
  async initialize(): Promise<number> {
    const clientInfo = { name: "bench", version: "1" };
    await this.#request("initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo });
    const ms = (Bun.nanoseconds() - this.#startedNs) / 1e6;
    this.#send({ method: "notifications/initialized" });
    return ms;
  }

  async toolNames(): Promise<string[]> {
    const { tools } = (await this.#request("tools/list", {})) as { tools: { name: string }[] };
    return tools.map(({ name }) => name);
  }

  /** Milliseconds and bytes of a call. */
  async call(name: string, args: object): Promise<{ ms: number; bytes: number; data: unknown }> {
    const from = Bun.nanoseconds();
    const result = await this.#request("tools/call", { name, arguments: args });
    const ms = (Bun.nanoseconds() - from) / 1e6;
    const { isError, structuredContent } = result as { isError?: boolean; structuredContent?: unknown };
    if (isError === true) throw new Error(`${name} ${JSON.stringify(args)}: ${JSON.stringify(result)}`);
    return { ms, bytes: Buffer.byteLength(JSON.stringify(result)), data: structuredContent };
  }

  /** Memory now and at its highest, MiB; zeros where the system does not tell. */
  memory(): { now: number; peak: number } {
    if (process.platform !== "linux") return { now: 0, peak: 0 };
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    const mib = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
    return { now: mib("VmRSS"), peak: mib("VmHWM") };
  }

  async close(): Promise<void> {
    await this.#child.stdin.end();
    this.#child.kill();
    await this.#child.exited;
  }
}
