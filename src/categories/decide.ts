import { ANY_HEAD, EDITS, ToolFlag as F, head, type IntentName, mention, TextFlag as T } from "./flags.ts";
import { CATEGORIES, type Category } from "./names.ts";

/** Category of a prompt from its two masks: a pure function, total over all integers. The order of the rules is in
 *  docs/categories.md; `text` and `tools` may be 0 where nothing is known yet. */
export function categoryOf(text: number, tools: number): Category {
  if (tools === 0) return fromText(text);
  if (text & T.delegate && tools & F.spawn) return "delegation";
  if (tools & EDITS) return fromEdits(text, tools);
  if (tools & F.plan) return "planning";
  if (tools & F.spawn) return "delegation";
  return fromActs(text, tools);
}

/** The category's place in `CATEGORIES`, as the book stores it. */
export function categoryIndexOf(text: number, tools: number): number {
  return CATEGORIES.indexOf(categoryOf(text, tools));
}

const leads = (text: number, intent: IntentName): boolean => (text & head(intent)) !== 0;
const mentions = (text: number, intent: IntentName): boolean => (text & mention(intent)) !== 0;

/** Heads that ask for files to be written. */
const WORK = head("add") | head("refactor") | head("change") | head("fix");

/** A symptom that is plain, or a weak one together with "why". */
const troubled = (text: number): boolean =>
  (text & (T.trouble | T.trace)) !== 0 || ((text & T.weakTrouble) !== 0 && (text & T.why) !== 0);

function fromText(text: number): Category {
  if (text & T.local || text === 0) return "general";
  if (text & T.delegate) return "delegation";
  if (leads(text, "plan") || (mentions(text, "plan") && text & WORK)) return "planning";
  if (leads(text, "brainstorm")) return "brainstorming";
  if (leads(text, "git")) return "git";
  if (leads(text, "test")) return "testing";
  if (text & T.chat && !(text & T.question) && ((text & ANY_HEAD) === 0 || text & T.vague)) return "conversation";
  if (leads(text, "fix") || troubled(text)) return "debugging";
  if (leads(text, "explore")) return "exploration";
  if (leads(text, "refactor")) return "refactoring";
  if (leads(text, "add")) return "feature";
  if (leads(text, "ship")) return "build/deploy";
  if (leads(text, "change")) return "coding";
  if (text & T.weakTrouble) return "debugging";
  return text & T.question ? "exploration" : "conversation";
}

/** The agent wrote files itself. */
function fromEdits(text: number, tools: number): Category {
  const kinds = tools & EDITS;
  const onlyDocs = kinds === F.editDocs;
  if (leads(text, "plan") && onlyDocs) return "planning";
  if (leads(text, "git") && tools & F.gitWrite) return "git";
  if (leads(text, "ship") && tools & (F.build | F.install | F.deploy | F.editBuild)) return "build/deploy";
  if (onlyDocs) return leads(text, "explore") ? "exploration" : "coding";
  if (leads(text, "fix")) return "debugging";
  if (leads(text, "refactor")) return "refactoring";
  if (leads(text, "test")) return mentions(text, "fix") && tools & F.editCode ? "debugging" : "testing";
  if (leads(text, "add")) return kinds === F.editCode ? "feature" : byKind(kinds, "feature");
  if (troubled(text)) return "debugging";
  if (leads(text, "change")) return mentions(text, "refactor") ? "refactoring" : byKind(kinds, "coding");
  if (mentions(text, "fix") || text & T.weakTrouble) return "debugging";
  if (mentions(text, "refactor")) return "refactoring";
  if (mentions(text, "add")) return byKind(kinds, "feature");
  if (text & T.spoken && !(text & ANY_HEAD) && tools & F.writeCode) return byKind(kinds, "feature");
  return byKind(kinds, "coding");
}

/** Where all the files written are tests, or build files, that is what it was about. */
function byKind(kinds: number, otherwise: Category): Category {
  if (kinds === F.editTest) return "testing";
  if (kinds === F.editDocs) return "coding";
  return (kinds & ~F.editDocs) === F.editBuild ? "build/deploy" : otherwise;
}

/** Tools were used and no file was written with them. */
function fromActs(text: number, tools: number): Category {
  const looked = tools & (F.read | F.web | F.gitRead | F.mcpRead | F.query | F.inspect);
  if (leads(text, "plan") || (mentions(text, "plan") && text & WORK)) return "planning";
  if (leads(text, "git") && tools & (F.gitWrite | F.gitRead | F.mcpAct)) return "git";
  if (leads(text, "ship") && (tools & ~looked) !== 0) return "build/deploy";
  if (leads(text, "test")) return "testing";
  if (leads(text, "fix") || troubled(text)) return "debugging";
  if (leads(text, "brainstorm")) return "brainstorming";
  if (leads(text, "explore") && looked && !(tools & (F.gitWrite | F.deploy | F.runTests))) return "exploration";
  if (leads(text, "refactor")) return tools & F.gitWrite ? "git" : "refactoring";
  if (tools & F.gitWrite) return "git";
  if (tools & F.deploy) return "build/deploy";
  if (tools & (F.runTests | F.browser)) return "testing";
  if (tools & (F.build | F.install)) return "build/deploy";
  return fromRest(text, tools, looked);
}

/** Nothing was built, tested or committed. */
function fromRest(text: number, tools: number, looked: number): Category {
  if (leads(text, "ship") && tools & F.inspect) return "build/deploy";
  if (leads(text, "explore")) return "exploration";
  if (text & T.weakTrouble && looked) return "debugging";
  if (leads(text, "change") && tools & (F.script | F.query | F.files | F.check)) return "coding";
  if (leads(text, "add") && looked) return "feature";
  if (looked & F.gitRead && !(looked & ~F.gitRead)) return "git";
  if (tools & (F.script | F.check | F.files)) return "coding";
  if (looked) return "exploration";
  return tools & F.todo ? "planning" : "general";
}
