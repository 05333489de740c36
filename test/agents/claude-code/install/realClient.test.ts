/** The real Claude Code takes the settings that the installer writes, and runs our command from them. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import client from "@anthropic-ai/claude-code/package.json" with { type: "json" };
import { applyPlan } from "../../../../src/agents/claude-code/install/apply.ts";
import { clientVersion } from "../../../../src/agents/claude-code/install/clientVersion.ts";
import { eventsFor } from "../../../../src/agents/claude-code/install/events.ts";
import { planInstall, planUninstall } from "../../../../src/agents/claude-code/install/plan.ts";
import { agent, bash, makeScratch, type Scratch } from "../../../rig/scratch.ts";
import { EVENTS } from "./support.ts";

setDefaultTimeout(60_000);

/** A stand-in for the program, in a folder that careless quoting trips over: files its arguments and its input. */
function recorder(scratch: Scratch): { binaryPath: string; seen: () => Record<string, string[]> } {
  const folder = join(scratch.root, `it's a "$HOME" \`dir\``);
  const log = join(scratch.root, "seen");
  for (const one of [folder, log]) mkdirSync(one);
  const binaryPath = join(folder, "cc-ledger");
  writeFileSync(binaryPath, `#!/bin/sh\ncat > "${log}/$$.part"; mv "${log}/$$.part" "${log}/$1 $2 $3 $#.$$"\n`, {
    mode: 0o755,
  });
  const seen = (): Record<string, string[]> => {
    const calls: Record<string, string[]> = {};
    for (const name of readdirSync(log)) {
      const key = name.replace(/\.\d+$/, "");
      calls[key] = [...(calls[key] ?? []), JSON.parse(readFileSync(join(log, name), "utf8")).hook_event_name];
    }
    return calls;
  };
  return { binaryPath, seen };
}

test("every event runs our command, with a path of blanks and quotes, and none does after uninstall", async () => {
  await using scratch = await makeScratch();
  const { binaryPath, seen } = recorder(scratch);
  const settings = join(scratch.configDir, "settings.json");
  const original = '\ufeff{\n\t"cleanupPeriodDays": 20,\n\t"hooks": {"Stop": []}\n}';
  writeFileSync(settings, original);
  const bin = join(import.meta.dir, "../../../../node_modules/.bin");
  const version = await clientVersion({ HOME: scratch.home, PATH: `${bin}:${process.env.PATH}` });
  // Waited for, all of them: the client cuts background hooks off when a run with -p ends, and then it is chance which are seen.
  const events = eventsFor(version).map((event) => ({ ...event, async: false }));
  expect([version, events.length]).toEqual([client.version, 11]);
  applyPlan(planInstall({ text: original, binaryPath, events }), settings);

  const sub = agent([{ say: "sub" }]);
  const result = await scratch.claude([bash("true"), bash("false"), sub, { say: "done" }]);
  expect(result).toMatchObject({ is_error: false, result: "done" });
  expect(seen()).toEqual({
    "hook claude-code session-start 3": ["SessionStart"],
    "hook claude-code user-prompt-submit 3": ["UserPromptSubmit"],
    "hook claude-code post-tool-use 3": ["PostToolUse", "PostToolUse"],
    "hook claude-code post-tool-use-failure 3": ["PostToolUseFailure"],
    "hook claude-code post-tool-batch 3": ["PostToolBatch", "PostToolBatch", "PostToolBatch"],
    "hook claude-code subagent-start 3": ["SubagentStart"],
    "hook claude-code subagent-stop 3": ["SubagentStop"],
    "hook claude-code stop 3": ["Stop"],
    "hook claude-code session-end 3": ["SessionEnd"],
  });

  const before = seen();
  applyPlan(planUninstall({ text: readFileSync(settings, "utf8") }), settings);
  expect(readFileSync(settings, "utf8")).toBe(original);
  await scratch.claude([{ say: "again" }]);
  expect(seen()).toEqual(before);
});

test("as wired, in the background, the start is seen while the run lasts and the end is waited for", async () => {
  await using scratch = await makeScratch();
  const { binaryPath, seen } = recorder(scratch);
  applyPlan(planInstall({ text: null, binaryPath, events: EVENTS }), join(scratch.configDir, "settings.json"));
  await scratch.claude([bash("sleep 0.5"), { say: "done" }]);
  expect(seen()).toMatchObject({
    "hook claude-code session-start 3": ["SessionStart"],
    "hook claude-code user-prompt-submit 3": ["UserPromptSubmit"],
    "hook claude-code session-end 3": ["SessionEnd"],
  });
});

test("a comment or a trailing comma in the file keeps the client from loading it, as the note says", async () => {
  for (const original of ['{\n  "cleanupPeriodDays": 20 // days\n}\n', '{\n  "cleanupPeriodDays": 20,\n}\n']) {
    await using scratch = await makeScratch();
    const { binaryPath, seen } = recorder(scratch);
    const settings = join(scratch.configDir, "settings.json");
    writeFileSync(settings, original);
    const plan = planInstall({ text: original, binaryPath, events: EVENTS });
    expect(plan.notes).toEqual([expect.stringContaining("comment or a trailing comma")]);
    applyPlan(plan, settings);
    await scratch.claude([{ say: "done" }]);
    expect(seen()).toEqual({});
  }
});
