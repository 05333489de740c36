import schemaText from "../../docs/schema.md" with { type: "text" };
import type { Calls } from "./calls.ts";

/** Resources: what a client may read without calling a tool. */

export interface Resource {
  [key: string]: unknown;
  uri: string;
  name: string;
  title: string;
  description: string;
  mimeType: string;
}

export interface Template {
  [key: string]: unknown;
  uriTemplate: string;
  name: string;
  title: string;
  description: string;
  mimeType: string;
}

const MARKDOWN = "text/markdown";

export const RESOURCES: readonly Resource[] = [
  {
    uri: "ledger://schema",
    name: "schema",
    title: "Views and tables of the ledger",
    description: "What the tool `query` may read, column by column.",
    mimeType: MARKDOWN,
  },
  {
    uri: "ledger://today",
    name: "today",
    title: "What was spent today",
    description: "As usage_summary says it.",
    mimeType: MARKDOWN,
  },
  {
    uri: "ledger://limits",
    name: "limits",
    title: "Limits and how they stand",
    description: "As budget_status says it.",
    mimeType: MARKDOWN,
  },
];

export const TEMPLATES: readonly Template[] = [
  {
    uriTemplate: "ledger://session/{id}",
    name: "session",
    title: "A session",
    description: "As session_detail says it; the start of an id will do.",
    mimeType: MARKDOWN,
  },
];

/** The text of a resource, null where there is none of that address. */
export async function readResource(uri: string, calls: Calls): Promise<{ mimeType: string; text: string } | null> {
  if (uri === "ledger://schema") return { mimeType: MARKDOWN, text: schemaText };
  if (uri === "ledger://today") return textOf(calls, "usage_summary", { period: "today" });
  if (uri === "ledger://limits") return textOf(calls, "budget_status", {});
  const session = /^ledger:\/\/session\/([^/?#]{1,200})$/.exec(uri)?.[1];
  return session === undefined ? null : textOf(calls, "session_detail", { session: decoded(session) });
}

async function textOf(calls: Calls, tool: string, args: object): Promise<{ mimeType: string; text: string }> {
  const { content } = await calls.answer(tool, args);
  return { mimeType: MARKDOWN, text: content.map(({ text }) => text).join("\n") };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return part;
    throw error;
  }
}
