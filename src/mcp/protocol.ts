import type { LineTransport } from "./transport.ts";

/** The protocol itself: JSON-RPC 2.0 requests and the handshake of MCP. Written out here because a client waits for it and every window of
 *  a client has a server of its own: the SDK's server takes three times as long to start and 15 MiB more (docs/decisions.md); tests hold this
 *  one against the SDK's client. */

/** Versions of MCP that are spoken, the newest first. What differs between them does not concern this server. */
export const PROTOCOL_VERSIONS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05", "2024-10-07"] as const;

export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;
export const RESOURCE_NOT_FOUND = -32002;

/** An error that is answered as one of the protocol's. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export type Params = Readonly<Record<string, unknown>>;
export type Handler = (params: Params) => object | Promise<object>;

/** What the server says of itself. */
export interface Introduction {
  serverInfo: { name: string; title: string; version: string };
  capabilities: object;
  instructions: string;
}

/** Answers the requests of one client. */
export class Protocol {
  readonly #transport: LineTransport;
  readonly #handlers: ReadonlyMap<string, Handler>;
  readonly #introduction: Introduction;
  readonly #onInitialized: () => void;
  /** Requests that are being answered and were not called off. */
  readonly #open = new Set<string | number>();
  readonly #working = new Set<Promise<void>>();

  constructor(
    transport: LineTransport,
    introduction: Introduction,
    handlers: Readonly<Record<string, Handler>>,
    onInitialized: () => void,
  ) {
    this.#transport = transport;
    this.#introduction = introduction;
    this.#handlers = new Map(Object.entries(handlers));
    this.#onInitialized = onInitialized;
    transport.onmessage = (message) => this.#take(message);
  }

  #take(message: { id?: string | number; method?: string; params?: Params }): void {
    const { id, method, params = {} } = message;
    // Answers to requests: none are ever sent.
    if (method === undefined) return;
    if (id === undefined) this.#notified(method, params);
    else {
      const work = this.#answer(id, method, params).finally(() => this.#working.delete(work));
      this.#working.add(work);
    }
  }

  /** Resolves when all that was asked is answered. */
  async settled(): Promise<void> {
    await Promise.all(this.#working);
  }

  #notified(method: string, params: Params): void {
    if (method === "notifications/initialized") this.#onInitialized();
    if (method === "notifications/cancelled") this.#open.delete(params.requestId as string | number);
  }

  async #answer(id: string | number, method: string, params: Params): Promise<void> {
    this.#open.add(id);
    let reply: object;
    try {
      reply = { result: await this.#handle(method, params) };
    } catch (error) {
      const { code, message } =
        error instanceof RpcError ? error : new RpcError(INTERNAL_ERROR, error instanceof Error ? error.message : "");
      reply = { error: { code, message } };
    }
    // What was called off is not answered.
    if (this.#open.delete(id)) await this.#transport.send({ jsonrpc: "2.0", id, ...reply });
  }

  #handle(method: string, params: Params): object | Promise<object> {
    if (method === "initialize") return this.#introduce(params);
    if (method === "ping") return {};
    const handler = this.#handlers.get(method);
    if (handler === undefined)
      throw new RpcError(METHOD_NOT_FOUND, `There is no method ${JSON.stringify(method.slice(0, 60))}`);
    return handler(params);
  }

  #introduce(params: Params): object {
    const { protocolVersion } = params;
    if (typeof protocolVersion !== "string") throw new RpcError(INVALID_PARAMS, "initialize lacks a protocolVersion");
    const isKnown = (PROTOCOL_VERSIONS as readonly string[]).includes(protocolVersion);
    return { protocolVersion: isKnown ? protocolVersion : PROTOCOL_VERSIONS[0], ...this.#introduction };
  }
}
