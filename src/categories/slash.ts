import type { IntentName } from "./flags.ts";
import { setOf, WordTable } from "./lists.ts";

/** A slash command at the start of a prompt, as typed (`/commit now`) or as the client logs it (`<command-name>`). */
export interface SlashCommand {
  /** Of the client itself: nothing is asked of the model. */
  local: boolean;
  intent?: IntentName;
  /** What was typed behind the name. */
  args: string;
}

const LOCAL = setOf(
  "clear compact cost usage model login logout config settings help exit quit status doctor " +
    "permissions allowed-tools mcp hooks agents resume continue theme vim terminal-setup context " +
    "export fast effort output-style statusline rename rewind add-dir ide install-github-app " +
    "install-slack-app upgrade privacy-settings release-notes feedback bug skills plugin plugins stats " +
    "color copy keybindings memory tasks bashes todos sandbox voice remote-control mobile desktop " +
    "chrome passes extra-usage rate-limit-options reload-plugins fork session new undo redo approvals " +
    "mention diff-view sidebar heapdump insights stickers buddy advisor web-setup teleport",
);

/** Words in the names of commands, own and third-party: `/commit-push-pr`, `/my-plugin:fix-issue`. */
const WORDS = new WordTable<IntentName>([
  ["git", "commit push pr merge rebase branch squash worktree changelog git cherry tag"],
  [
    "explore",
    "review explain audit analyze analyse research investigate security-review ultrareview comments " +
      "onboard summarize insights find search docs-lookup",
  ],
  ["plan", "plan ultraplan spec prd roadmap specify design architect planning breakdown"],
  ["test", "test tests tdd qa e2e coverage verify benchmark"],
  ["refactor", "simplify refactor cleanup clean dedupe tidy"],
  ["fix", "fix debug hotfix bugfix troubleshoot"],
  ["ship", "deploy release build publish install ship rollback ci"],
  ["add", "feature implement feature-dev scaffold create new add"],
  ["brainstorm", "brainstorm brainstorming ideas ideate"],
  ["change", "init docs document format lint"],
]);

const TYPED = /^\s{0,20}\/([A-Za-z][\w:-]{0,80})(?=\s|$)/;

/** The slash command that a text begins with, or null. `<bash-input>` (a `!` line of the person) counts as prose. */
export function slashCommand(text: string): SlashCommand | null {
  const logged = between(text, "<command-name>", "</command-name>");
  if (logged !== null && text.indexOf("<command-name>") < 400) {
    return named(logged.trim().replace(/^\//, ""), between(text, "<command-args>", "</command-args>") ?? "");
  }
  const typed = TYPED.exec(text);
  return typed === null ? null : named(typed[1] ?? "", text.slice(typed[0].length));
}

function named(full: string, args: string): SlashCommand {
  const name = full.toLowerCase();
  if (LOCAL.has(name)) return { local: true, args };
  const own = name.slice(name.lastIndexOf(":") + 1);
  for (const word of [own, ...own.split(/[-_]/)]) {
    const intent = WORDS.first(word);
    if (intent !== undefined) return { local: false, intent, args };
  }
  return { local: false, args };
}

function between(text: string, open: string, close: string): string | null {
  const start = text.indexOf(open);
  if (start < 0) return null;
  const end = text.indexOf(close, start);
  return end < 0 ? text.slice(start + open.length) : text.slice(start + open.length, end);
}
