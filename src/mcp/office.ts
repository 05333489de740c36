import { UserError } from "../platform/errors.ts";
import type { Result } from "./answer.ts";
import { Calls, type ListedTool, listedTools } from "./calls.ts";
import { Desk } from "./desk.ts";
import { completionsOf, type ListedPrompt, PROMPTS, type PromptText, promptText } from "./prompts.ts";
import { INVALID_PARAMS, RESOURCE_NOT_FOUND, RpcError } from "./protocol.ts";
import { RESOURCES, type Resource, readResource, TEMPLATES, type Template } from "./resources.ts";
import type { World } from "./world.ts";

/** All that answers requests about the ledger, behind the server. */

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

  call(name: unknown, given: unknown): Promise<Result> {
    return this.#calls.answer(textOf(name, "name"), given);
  }

  prompts(): ListedPrompt[] {
    return [...PROMPTS];
  }

  prompt(name: unknown, given: unknown): PromptText {
    const wanted = textOf(name, "name");
    const text = promptText(wanted, textsIn(given));
    if (text === null) throw new RpcError(INVALID_PARAMS, `There is no prompt ${JSON.stringify(wanted.slice(0, 60))}`);
    return text;
  }

  resources(): Resource[] {
    return [...RESOURCES];
  }

  templates(): Template[] {
    return [...TEMPLATES];
  }

  async read(address: unknown): Promise<{ contents: { uri: string; mimeType: string; text: string }[] }> {
    const uri = textOf(address, "uri");
    const content = await readResource(uri, this.#calls);
    if (content === null)
      throw new RpcError(RESOURCE_NOT_FOUND, `There is no resource ${JSON.stringify(uri.slice(0, 100))}`);
    return { contents: [{ uri, ...content }] };
  }

  /** Values for the argument of a prompt. A ledger that cannot be read has none to offer. */
  async complete(argument: unknown): Promise<{ completion: { values: string[]; hasMore: boolean } }> {
    const { name = "", value = "" } = textsIn(argument);
    const values = await this.#desk.use(({ db }) => completionsOf(db, name, value)).catch(refused);
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

function textOf(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw new RpcError(INVALID_PARAMS, `The request lacks ${name}`);
}

/** The fields of an object that are text. */
function textsIn(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
