import { VERSION } from "../version.ts";
import { DATA_NOTE } from "./markdown.ts";
import type { Office } from "./office.ts";
import { type Params, Protocol } from "./protocol.ts";
import { type Lines, LineTransport } from "./transport.ts";
import type { World } from "./world.ts";

/** The server: what it says of itself, and which request goes where. All that knows the ledger is loaded after `initialize` was answered. */

const INSTRUCTIONS = `cc-ledger keeps an exact, local ledger of what coding agents did and cost on this machine. Start with usage_summary. Periods may be said as people say them ("this week", "since Monday", "October"), projects by name, path, or "here". Dollars are exact; calls of models without a price are counted apart, never as 0. upToDate: false means that logs are still being read. ${DATA_NOTE}`;

const INTRODUCTION = {
  serverInfo: { name: "cc-ledger", title: "cc-ledger", version: VERSION },
  capabilities: { tools: {}, prompts: {}, resources: {}, completions: {} },
  instructions: INSTRUCTIONS,
};

/** After the handshake the client lists what there is; the ledger is opened when that is over. Milliseconds. */
const SETTLE_MS = 50;

/** Once the client has said all, what it asked is still answered, but for what takes longer. Milliseconds. */
const GRACE_MS = 500;

/** Serves one client; resolves when it has gone. */
export async function serve(world: World, lines: Lines): Promise<void> {
  let opened: Promise<Office> | null = null;
  const office = (): Promise<Office> => {
    opened ??= import("./office.ts").then(({ Office }) => new Office(world));
    return opened;
  };
  const transport = new LineTransport(lines);
  const protocol = new Protocol(
    transport,
    INTRODUCTION,
    {
      "tools/list": async () => ({ tools: (await office()).tools() }),
      "tools/call": async ({ name, arguments: given }) => (await office()).call(name, given),
      "prompts/list": async () => ({ prompts: (await office()).prompts() }),
      "prompts/get": async ({ name, arguments: given }) => (await office()).prompt(name, given),
      "resources/list": async () => ({ resources: (await office()).resources() }),
      "resources/templates/list": async () => ({ resourceTemplates: (await office()).templates() }),
      "resources/read": async ({ uri }) => (await office()).read(uri),
      "completion/complete": async (params: Params) => (await office()).complete(params.argument),
    },
    () => setTimeout(async () => (await office()).warmUp(), SETTLE_MS).unref(),
  );
  const told = new Promise<void>((resolve) => {
    transport.onclose = resolve;
  });
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  transport.start();
  await Promise.race([told, stopped]);
  await Promise.race([protocol.settled(), stopped, Bun.sleep(GRACE_MS)]);
  (await (opened as Promise<Office> | null))?.close();
}
