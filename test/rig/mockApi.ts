import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type MockUsage, type RequestMessage, type Step, stepFor, textsOf } from "./script.ts";
import { eventsOf, messageFor } from "./stream.ts";

/** How long the start of a cut response is left to reach the client, milliseconds. */
const CUT_AFTER_MS = 50;

/** A response for which the API charges: the ground truth that a ledger is held against. */
export interface BilledCall {
  /** Message id. */
  id: string;
  requestId: string;
  /** Model of the response. */
  model: string;
  requestedModel: string;
  usage: MockUsage;
  /** Session that the client names in its headers. */
  sessionId: string;
  /** Agent id of the sub-agent that asked; "" for the main thread and the client's own requests. */
  agentId: string;
  parentAgentId: string;
  /** No script asked for this response: a request of the client's own. */
  unscripted: boolean;
  stream: boolean;
  /** The connection was broken before the response was complete. */
  cut: boolean;
}

/** Body of a request, as far as the rig reads it. */
interface RequestBody {
  model?: string;
  stream?: boolean;
  messages?: RequestMessage[];
  [key: string]: unknown;
}

/** A request as it arrived, for tests about what the client sends. */
interface SeenRequest {
  path: string;
  headers: Record<string, string>;
  body: RequestBody | null;
  status: number;
}

export interface MockApi {
  url: string;
  port: number;
  billed: BilledCall[];
  seen: SeenRequest[];
  /** Answers a request by its last text before any script does; null leaves it to the script. */
  override: ((lastText: string) => Step | null) | null;
  stop(): Promise<void>;
}

const ERROR_TYPES: Record<number, string> = {
  400: "invalid_request_error",
  401: "authentication_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  529: "overloaded_error",
};

/** Starts a Messages API on loopback, on a port that the system picks, whose answers the prompts script.
 *  On node:http, since it can drop a connection in the middle of a response. */
export async function startMock(): Promise<MockApi> {
  const tries = new Map<string, number>();
  const run = crypto.randomUUID().slice(0, 8);
  let served = 0;
  const api: MockApi = { url: "", port: 0, billed: [], seen: [], override: null, stop: async () => {} };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const serial = `${run}${String(++served).padStart(6, "0")}`;
    const entry = await read(request);
    api.seen.push(entry);
    const { body, headers, path } = entry;
    if (path.endsWith("/count_tokens")) return json(response, 200, { input_tokens: 1_000 });
    if (body === null || !path.endsWith("/v1/messages")) return refuse(entry, response, 404, serial);
    const { step, key, unscripted } = choose(body, headers, api.override);
    const tried = tries.get(key) ?? 0;
    tries.set(key, tried + 1);
    const faulty = tried < (step.times ?? 1);
    if (step.delayMs !== undefined) await Bun.sleep(step.delayMs);
    if (response.destroyed) return;
    if (step.status !== undefined && faulty) return refuse(entry, response, step.status, serial);
    const message = messageFor(step, body.model ?? "", serial);
    const stream = body.stream === true;
    const cut = step.cutAfterEvents !== undefined && faulty && stream;
    api.billed.push({
      id: message.id,
      requestId: requestIdOf(serial),
      model: message.model,
      requestedModel: body.model ?? "",
      usage: message.usage,
      sessionId: headers["x-claude-code-session-id"] ?? "",
      agentId: headers["x-claude-code-agent-id"] ?? "",
      parentAgentId: headers["x-claude-code-parent-agent-id"] ?? "",
      unscripted,
      stream,
      cut,
    });
    response.setHeader("request-id", requestIdOf(serial));
    if (!stream) return json(response, 200, message);
    response.writeHead(200, { "content-type": "text/event-stream" });
    const events = eventsOf(message);
    if (!cut) {
      response.end(events.join(""));
      return;
    }
    response.write(events.slice(0, step.cutAfterEvents).join(""));
    await Bun.sleep(CUT_AFTER_MS);
    response.destroy();
  }

  await new Promise<void>((ready, failed) => {
    server.once("error", failed);
    server.listen(0, "127.0.0.1", ready);
  });
  api.port = (server.address() as AddressInfo).port;
  api.url = `http://127.0.0.1:${api.port}`;
  api.stop = async () => {
    const closed = new Promise<void>((done) => server.close(() => done()));
    server.closeAllConnections();
    await closed;
  };
  return api;
}

function requestIdOf(serial: string): string {
  return `req_011Mock${serial}`;
}

async function read(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === "string") headers[name] = value;
  const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname;
  const body = request.method === "POST" && text !== "" ? (JSON.parse(text) as RequestBody) : null;
  return { path, headers, body, status: 200 };
}

/** The step that answers a request, and a key that is the same for every try of it. */
function choose(
  body: RequestBody,
  headers: Record<string, string>,
  override: MockApi["override"],
): { step: Step; key: string; unscripted: boolean } {
  const messages = body.messages ?? [];
  const last = messages.at(-1);
  const lastText = last === undefined ? "" : (textsOf(last).at(-1) ?? "");
  const who = `${headers["x-claude-code-session-id"] ?? ""}:${headers["x-claude-code-agent-id"] ?? ""}`;
  const own = override?.(lastText) ?? null;
  if (own !== null) return { step: own, key: `${who}:${lastText}`, unscripted: true };
  const found = stepFor(messages);
  if (found === null) return { step: { say: "ok" }, key: `${who}:${lastText}`, unscripted: true };
  return { step: found.step, key: `${who}:${found.key}`, unscripted: false };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function refuse(entry: SeenRequest, response: ServerResponse, status: number, serial: string): void {
  entry.status = status;
  const requestId = requestIdOf(serial);
  response.setHeader("request-id", requestId);
  const error = { type: ERROR_TYPES[status] ?? "api_error", message: `scripted ${status}` };
  json(response, status, { type: "error", error, request_id: requestId });
}
