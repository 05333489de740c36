import type { CallLabels } from "../events.ts";
import { type Row, textOf } from "./rows.ts";

/** Names in a transcript that say what something was spent on. Names only, capped; what was passed to them is not looked at. */

const MAX_NAME = 120;
const COMMAND = /^<command-(?:message|name)>[\s\S]{0,400}?(?<=<command-name>)\s*\/?([^<\s]{1,120})/;

/** The slash command that a prompt is, without its slash (`plugin:command` for a plugin's); "" where it is none. */
export function commandOf(text: string): string {
  if (!text.startsWith("<command-")) return "";
  return COMMAND.exec(text.slice(0, 1000))?.[1] ?? "";
}

/** The skill or slash command that a tool use ran; "" for any other tool. Clients before 2.1 named it in `command`. */
export function skillOf(tool: string, input: Row | null): string {
  if (tool !== "Skill" && tool !== "SlashCommand") return "";
  const named = textOf(input?.skill, 400) || textOf(input?.command, 400);
  return nameOf(/^\s*\/?(\S+)/.exec(named)?.[1]);
}

/** Whether a tool asks for a sub-agent. */
export function isSpawn(tool: string): boolean {
  return tool === "Agent" || tool === "Task";
}

/** What a tool use asks of a sub-agent: its type and the few words that name the task. Null for any other tool. */
export function spawnOf(tool: string, input: Row | null): { type: string; description: string } | null {
  if (!isSpawn(tool)) return null;
  const spawn = { type: nameOf(input?.subagent_type), description: nameOf(input?.description) };
  return spawn.type || spawn.description ? spawn : null;
}

/** What the client says that a call was for, or null where it says nothing. */
export function labelsOf(row: Row): CallLabels | null {
  if (
    row.attributionSkill === undefined &&
    row.attributionPlugin === undefined &&
    row.attributionMcpServer === undefined
  )
    return null;
  const labels = {
    skill: nameOf(row.attributionSkill),
    plugin: nameOf(row.attributionPlugin),
    server: nameOf(row.attributionMcpServer),
    tool: nameOf(row.attributionMcpTool),
  };
  return labels.skill || labels.plugin || labels.server ? labels : null;
}

/** Type of the sub-agent that a reply is of, as its row says; "" where it does not. */
export function agentTypeOf(row: Row): string {
  return nameOf(row.attributionAgent);
}

function nameOf(value: unknown): string {
  return textOf(value, MAX_NAME).trim();
}
