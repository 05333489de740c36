import { McpError } from "@modelcontextprotocol/sdk/types.js";
import { UserError } from "../platform/errors.ts";
import type { Result } from "./answer.ts";
import { Calls, type ListedTool, listedTools } from "./calls.ts";
import { Desk } from "./desk.ts";
import { completionsOf, type ListedPrompt, PROMPTS, type PromptText, promptText } from "./prompts.ts";
import { RESOURCES, type Resource, readResource, TEMPLATES, type Template } from "./resources.ts";
import type { World } from "./world.ts";

/** All that answers requests about the ledger, behind the server. */

const INVALID_PARAMS = -32602;
const NOT_FOUND = -32002;

export class Office {
  readonly #desk: Desk;
  readonly #calls: Calls;

  constructor(world: World) {
    this.#desk = new Desk(world);
    this.#calls = new Calls(world, this.#desk);
  }

  tools(): ListedTool[] {
    return listedTools();
  }

  call(name: string, given: unknown): Promise<Result> {
    return this.#calls.answer(name, given);
  }

  prompts(): ListedPrompt[] {
    return [...PROMPTS];
  }

  prompt(name: string, given: Readonly<Record<string, string>>): PromptText {
    const text = promptText(name, given);
    if (text === null) throw new McpError(INVALID_PARAMS, `There is no prompt ${JSON.stringify(name.slice(0, 60))}`);
    return text;
  }

  resources(): Resource[] {
    return [...RESOURCES];
  }

  templates(): Template[] {
    return [...TEMPLATES];
  }

  async read(uri: string): Promise<{ contents: { uri: string; mimeType: string; text: string }[] }> {
    const content = await readResource(uri, this.#calls);
    if (content === null) throw new McpError(NOT_FOUND, `There is no resource ${JSON.stringify(uri.slice(0, 100))}`);
    return { contents: [{ uri, ...content }] };
  }

  /** Values for the argument of a prompt. A ledger that cannot be read has none to offer. */
  async complete(argument: string, begun: string): Promise<{ completion: { values: string[]; hasMore: boolean } }> {
    const values = await this.#desk.use(({ db }) => completionsOf(db, argument, begun)).catch(refused);
    return { completion: { values, hasMore: false } };
  }

  /** Opens the book and looks at the logs before anybody asks. What is wrong then is said when somebody does. */
  async warmUp(): Promise<void> {
    await this.#desk.use(() => undefined).catch(refused);
  }

  close(): void {
    this.#calls.close();
  }
}

function refused(error: unknown): [] {
  if (error instanceof UserError) return [];
  throw error;
}
