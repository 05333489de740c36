import { commandFlags, patchFlags } from "./commands.ts";
import { ToolFlag as F } from "./flags.ts";
import { setOf, WordTable } from "./lists.ts";
import { editFlag } from "./paths.ts";

/** What to do with a tool: a fixed flag, or a look at its input. */
type Kind = number | "edit" | "shell" | "patch";

/** Tool names of Claude Code (old ones too), Codex and other agents, in lower case without `_`, `-`, `.` and blanks. */
const TOOLS = new WordTable<Kind>([
  [
    "edit",
    "edit write multiedit notebookedit fileedittool filewritetool writefile editfile createfile " +
      "searchreplace replace strreplace strreplaceeditor strreplacebasededittool create cursoredit " +
      "cursor:edit editnotebook deletefile",
  ],
  [
    "shell",
    "bash powershell bashtool powershelltool shell localshell execcommand containerexec " +
      "runshellcommand runterminalcmd runterminalcommand shellcommand unifiedexec monitor repl",
  ],
  ["patch", "applypatch patch applydiff"],
  [
    F.read,
    "read grep glob ls notebookread filereadtool greptool globtool lsp readfile readmanyfiles " +
      "viewimage view listdir listdirectory listfiles grepfiles grepsearch codebasesearch " +
      "searchfilecontent filesearch readlints findfiles semanticsearch",
  ],
  [F.web, "websearch webfetch toolsearch googlewebsearch searchweb fetch webrun browse"],
  [
    F.spawn,
    "agent task workflow sendmessage teamcreate teamdelete spawnagent sendinput delegate " +
      "dispatchagent subagent spawnteam newtask",
  ],
  [F.plan, "enterplanmode exitplanmode exitplanmodev2 planmode"],
  [F.todo, "todowrite todoread taskcreate taskupdate taskget tasklist updateplan updatetodolist todo"],
  [F.ask, "askuserquestion askuser requestuserinput askfollowupquestion"],
  [F.skill, "skill slashcommand"],
  [
    F.idle,
    "bashoutput killshell killbash taskoutput taskstop agentoutput agentoutputtool writestdin sleep " +
      "readmcpresource listmcpresources wait",
  ],
  [F.gitWrite, "enterworktree exitworktree"],
]);

/** What one tool use tells, as a mask of `ToolFlag`. `input` is the tool's input as logged: an object, or the bare text
 *  that some agents log; any other value is taken as no input. Never throws; reads at most 64 KiB of the input. */
export function toolFlags(toolName: string, input: unknown): number {
  const name = toolName.slice(0, 200);
  if (name.startsWith("mcp__")) return mcpFlags(name, input);
  const lower = name.toLowerCase();
  const kind = TOOLS.first(lower) ?? TOOLS.first(lower.replace(/[_\-. ]/g, ""));
  if (kind === undefined) return F.other;
  if (typeof kind === "number") return kind;
  if (kind === "edit") return editOf(input);
  if (kind === "patch") return patchFlags(firstText(input, "input", "patch", "patchText", "diff"));
  return commandFlags(commandText(input)) || F.idle;
}

function editOf(input: unknown): number {
  // The editor tool of the plain API reads files too.
  if (textField(input, "command") === "view") return F.read;
  const flag = editFlag(firstText(input, "file_path", "notebook_path", "path", "filePath", "target_file"));
  const whole =
    flag === F.editCode && fieldOf(input, "content") !== undefined && fieldOf(input, "old_string") === undefined;
  return whole ? flag | F.writeCode : flag;
}

/** Command line of a shell tool. Codex logs a list of words, often `["bash", "-lc", line]`. */
function commandText(input: unknown): string {
  const command = fieldOf(input, "command") ?? fieldOf(input, "cmd") ?? input;
  if (typeof command === "string") return command;
  if (!Array.isArray(command)) return "";
  const words = command.slice(0, 12).filter((word) => typeof word === "string");
  if (words.length === 3 && /^-[a-z]*c$/.test(words[1] ?? "")) return words[2] ?? "";
  return words.map((word) => (/^[\w./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "")}'`)).join(" ");
}

const MCP_READS = setOf(
  "get list search read fetch query find view show describe resolve lookup browse explain check " +
    "inspect ask retrieve download status log diff blame",
);

const MCP_EDIT =
  /(?:^|_)(?:edit|write|replace|insert|create|rename|delete|move)(?:_text)?_(?:files?|symbol|after|before|content|lines|regex|block)/;

/** `mcp__server__tool`: the server may be a code forge, a browser or a file system; else the verb tells. */
function mcpFlags(name: string, input: unknown): number {
  const rest = name.slice(5).toLowerCase();
  const cut = rest.lastIndexOf("__");
  const server = cut < 0 ? rest : rest.slice(0, cut);
  const tool = cut < 0 ? "" : rest.slice(cut + 2).replaceAll("-", "_");
  if (/playwright|puppeteer|chrome|browser|selenium/.test(server)) return F.browser;
  if (/sequential.?thinking|task.?master|shrimp/.test(server)) return F.todo;
  if (MCP_EDIT.test(tool)) {
    const path = firstText(input, "file_path", "path", "relative_path");
    return path === "" && /git/.test(server) ? F.gitWrite : editFlag(path);
  }
  const verb = tool.replace(/^(?:github|gitlab|git|jira|linear|notion|slack|api)_/, "");
  const reads = MCP_READS.has(/^[a-z]*/.exec(verb)?.[0] ?? "");
  if (/(?:^|[^a-z])git(?:hub|lab|ea)?(?:[^a-z]|$)|bitbucket/.test(server)) {
    return reads ? F.gitRead : F.gitWrite;
  }
  if (/diagnostic|symbols?_overview|references/.test(tool)) return F.read;
  return reads ? F.mcpRead : F.mcpAct;
}

function fieldOf(input: unknown, key: string): unknown {
  return typeof input === "object" && input !== null && key in input
    ? (input as Record<string, unknown>)[key]
    : undefined;
}

function textField(input: unknown, key: string): string {
  const value = fieldOf(input, key);
  return typeof value === "string" ? value : "";
}

function firstText(input: unknown, ...keys: readonly string[]): string {
  if (typeof input === "string") return input;
  for (const key of keys) {
    const text = textField(input, key);
    if (text !== "") return text;
  }
  return "";
}
