import { readSetting } from "../ledger/config.ts";
import { messageOf, UserError } from "../platform/errors.ts";
import { homeOf } from "../platform/paths.ts";
import { timeZoneOf } from "../platform/time.ts";
import { Advice } from "./advice.ts";
import { errorResult, MAX_BYTES, outputSchema, type Result, resultOf, USUAL_BYTES, USUAL_ROWS } from "./answer.ts";
import { type AnyTool, TOOLS } from "./catalogue.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import type { Desk } from "./desk.ts";
import { Memory } from "./memory.ts";
import { nearest } from "./nearest.ts";
import { Queries } from "./queries.ts";
import { argumentsOf } from "./schema.ts";
import { Call } from "./tool.ts";
import type { World } from "./world.ts";

/** What a client is told of a tool. */
export interface ListedTool {
  [key: string]: unknown;
  name: string;
  title: string;
  description: string;
  inputSchema: { type: "object"; [key: string]: unknown };
  outputSchema: { type: "object"; [key: string]: unknown };
  annotations: {
    title: string;
    readOnlyHint: boolean;
    destructiveHint: boolean;
    idempotentHint: boolean;
    openWorldHint: boolean;
  };
}

/** All tools as a client lists them. */
export function listedTools(): ListedTool[] {
  return TOOLS.map((tool) => ({
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: tool.input.json as ListedTool["inputSchema"],
    outputSchema: outputSchema(tool.output) as ListedTool["outputSchema"],
    annotations: {
      title: tool.title,
      readOnlyHint: tool.writes !== true,
      // A limit of the same scope is replaced, which can be undone; nothing else is.
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    },
  }));
}

/** Runs calls of tools, one after the other, on the book. */
export class Calls {
  readonly #world: World;
  readonly #desk: Desk;
  readonly #queries: Queries;
  readonly #advice: Advice;
  readonly #memory = new Memory();
  readonly #zones = new Map<string, string>();

  constructor(world: World, desk: Desk) {
    this.#world = world;
    this.#desk = desk;
    this.#queries = new Queries(world);
    this.#advice = new Advice(world);
  }

  close(): void {
    this.#memory.close();
    this.#queries.close();
    this.#advice.close();
    this.#desk.close();
  }

  /** Answers a call. Whatever is wrong is an answer too: a sentence, and what to do. */
  async answer(name: string, given: unknown): Promise<Result> {
    try {
      return await this.#run(toolNamed(name), given);
    } catch (error) {
      if (error instanceof UserError) return errorResult(error);
      return errorResult(
        new UserError(`something went wrong: ${messageOf(error)}`, "The log of the ledger says more."),
      );
    } finally {
      this.#memory.answered();
    }
  }

  async #run(tool: AnyTool, given: unknown): Promise<Result> {
    const said = argumentsOf(tool.input, given) as Readonly<Record<string, unknown>>;
    const cursor = typeof said.cursor === "string" ? decodeCursor(said.cursor, tool.name) : null;
    const { limit, cursor: _cursor, ...own } = said;
    const args = cursor === null ? own : argumentsOf(tool.input, { ...cursor.args, ...own });
    const most = typeof limit === "number" ? limit : USUAL_ROWS;
    return await this.#desk.use(async (book, freshness) => {
      const call = new Call({
        book,
        nowMs: this.#world.now(),
        timeZone: this.#zoneOf(readSetting(book.db, "timezone") ?? ""),
        standing: { cwd: this.#world.cwd, home: homeOf(this.#world.env) },
        bookPath: this.#desk.paths.db,
        queries: this.#queries,
        advice: this.#advice,
        env: this.#world.env,
        sessionId: this.#world.env.CLAUDE_CODE_SESSION_ID ?? null,
        limit: most,
        cursor,
      });
      const answer = await tool.run(limit === undefined ? args : { ...(args as object), limit }, call);
      return resultOf(answer, freshness, {
        limit: most,
        bytes: typeof limit === "number" ? MAX_BYTES : USUAL_BYTES,
        cursorAt: (rows) =>
          encodeCursor({
            tool: tool.name,
            args: args as Readonly<Record<string, unknown>>,
            offset: call.offset + rows,
            bounds: call.bounds,
          }),
      });
    });
  }

  /** Asking for a zone by name takes the runtime a while: it is done once. */
  #zoneOf(setting: string): string {
    const zone = this.#zones.get(setting) ?? timeZoneOf(setting === "" ? undefined : setting);
    this.#zones.set(setting, zone);
    return zone;
  }
}

function toolNamed(name: string): AnyTool {
  const tool = TOOLS.find((one) => one.name === name);
  if (tool !== undefined) return tool;
  const names = TOOLS.map((one) => one.name);
  const [like] = nearest(name, names, 4);
  throw new UserError(
    `there is no tool ${JSON.stringify(name.slice(0, 60))}`,
    `${like === undefined ? "" : `Did you mean ${like}? `}Tools: ${names.join(", ")}.`,
  );
}
