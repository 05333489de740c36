/** Model ids as gateways, clouds and people write them, brought to the id the price table knows.
 *  Only what names no other product is taken away; then the id must match exactly. A prefix never matches:
 *  `claude-opus-4` begins `claude-opus-4-8`, which costs a third of it. Source: docs/prices.md. */

/** One spelling on the way from the id as written to the canonical one, and what led to it. */
export interface NormalStep {
  readonly id: string;
  readonly what: string;
}

/** An id longer than this is no model's; it is left alone. */
const LONGEST_ID = 256;
/** Distinct ids remembered before the memory starts afresh: logs are untrusted, and may name any number. */
const REMEMBERED_IDS = 1000;

const REGION = "us|us-gov|eu|apac|ap|au|jp|ca|sa|in|il|me|uk|global";
const BEDROCK_ARN = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:\d*:(?:inference-profile|foundation-model)\/(?=[^/]+$)/;
const VERTEX_RESOURCE = /^(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/[^/]+\/models\/(?=[^/]+$)/;
const GATEWAY =
  /^(?:openrouter|anthropic|bedrock|amazon-bedrock|vertex_ai|vertex|google-vertex|azure_ai|azure|openai|google|gemini|models)\//;
const BEDROCK_ROUTE = /^(?:converse|invoke|[a-z]{2}(?:-gov)?-[a-z]+-\d)\/(?=(?:[a-z-]+\.)?anthropic\.)/;
const VENDOR = new RegExp(`^(?:(?:${REGION})\\.)?anthropic\\.(?=claude-)|^(?:${REGION})\\.(?=claude-)`);

const PREFIXES: readonly (readonly [RegExp, string])[] = [
  [BEDROCK_ARN, "Bedrock resource name"],
  [VERTEX_RESOURCE, "Vertex resource name"],
  [GATEWAY, "gateway prefix"],
  [BEDROCK_ROUTE, "Bedrock route"],
  [VENDOR, "vendor prefix"],
];

const CLAUDE_SUFFIXES: readonly (readonly [RegExp, string])[] = [
  [/\[\d+[km]\]$/, "context-window selector"],
  [/-v\d+(?::\d+)?(?::\d+k)?$/, "Bedrock version"],
  [/@(?:20\d{6}|default|latest)$/, "Vertex version"],
  [/-20\d{6}$/, "snapshot date"],
  [/-latest$/, "moving alias"],
  [/-fast$/, "speed (each call records its own)"],
  [/:(?:beta|thinking)$|-thinking$/, "variant of the same model"],
];

const OPENAI_SUFFIXES: readonly (readonly [RegExp, string])[] = [[/-20\d{2}-\d{2}-\d{2}$/, "snapshot date"]];

function suffixesOf(id: string): readonly (readonly [RegExp, string])[] {
  if (id.startsWith("claude-")) return CLAUDE_SUFFIXES;
  return /^(?:gpt|o\d|codex)-/.test(id) ? OPENAI_SUFFIXES : [];
}

/** Spellings of one id, old and new: dots for dashes, and the family's place (behind the version until Claude 3.7). */
function respell(id: string): string {
  if (!id.startsWith("claude-")) return id;
  return id
    .replace(/(\d)\.(?=\d)/g, "$1-")
    .replace(/^claude-([4-9](?:-\d{1,2})?)-(opus|sonnet|haiku|fable|mythos)$/, "claude-$2-$1")
    .replace(/^claude-(opus|sonnet|haiku)-(3(?:-[57])?)$/, "claude-$2-$1")
    .replace(/^claude-(opus|sonnet)-4-0$/, "claude-$1-4");
}

/** Takes the first part that fits off the id, again and again, and notes each. Ends: the id gets shorter every time. */
function strip(
  start: string,
  partsOf: (id: string) => readonly (readonly [RegExp, string])[],
  steps: NormalStep[],
): string {
  let id = start;
  for (let found = true; found; ) {
    found = false;
    for (const [part, name] of partsOf(id)) {
      const taken = part.exec(id)?.[0];
      if (taken === undefined) continue;
      id = id.replace(part, "");
      steps.push({ id, what: `${name} "${taken}" taken off` });
      found = true;
      break;
    }
  }
  return id;
}

/** Every spelling from the id as written (first) to the canonical one (last). Never empty. */
export function normalSteps(modelId: string): readonly NormalStep[] {
  const steps: NormalStep[] = [{ id: modelId, what: "as written" }];
  if (modelId.length > LONGEST_ID) return steps;
  let id = modelId.trim().toLowerCase();
  if (id !== modelId) steps.push({ id, what: "in lower case, without spaces around it" });
  if (/\s/.test(id)) return steps;
  if (!id.startsWith("claude-")) id = strip(id, () => PREFIXES, steps);
  id = strip(id, suffixesOf, steps);
  const respelt = respell(id);
  if (respelt !== id) steps.push({ id: respelt, what: "in today's spelling" });
  return steps;
}

const canonicalIds = new Map<string, string>();

/** Canonical id of a model id: what a price row must be called to match exactly. Says nothing of whether one exists. */
export function normaliseModel(modelId: string): string {
  let id = canonicalIds.get(modelId);
  if (id === undefined) {
    id = (normalSteps(modelId).at(-1) as NormalStep).id;
    if (canonicalIds.size >= REMEMBERED_IDS) canonicalIds.clear();
    canonicalIds.set(modelId, id);
  }
  return id;
}
