import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { buildPlugin } from "../../scripts/build-plugin.ts";
import { WIRED_NAMES } from "../../src/agents/claude-code/install/events.ts";

let out: string;
beforeAll(() => {
  out = join(mkdtempSync(join(tmpdir(), "cc-ledger-plugin-")), "plugin");
  buildPlugin(out);
});
afterAll(() => rmSync(join(out, ".."), { recursive: true, force: true }));

interface Hook {
  type: string;
  command: string;
  timeout: number;
  async?: boolean;
}
interface HooksFile {
  hooks: Record<string, { matcher?: string; hooks: Hook[] }[]>;
}
const textOf = (...path: string[]): string => readFileSync(join(out, ...path), "utf8");
const jsonOf = (...path: string[]): Record<string, unknown> => JSON.parse(textOf(...path)) as Record<string, unknown>;

describe("the built plugin", () => {
  test("has one version, the program's, wherever it stands", () => {
    const marketplace = jsonOf(".claude-plugin", "marketplace.json") as { plugins: Record<string, unknown>[] };
    expect(jsonOf("cc-ledger", ".claude-plugin", "plugin.json").version).toBe(manifest.version);
    expect(marketplace.plugins).toHaveLength(1);
    expect(marketplace.plugins[0]).toMatchObject({
      name: "cc-ledger",
      version: manifest.version,
      source: "./cc-ledger",
    });
    expect(textOf("cc-ledger", "bin", "cc-ledger")).toContain(`\\"version\\":\\"${manifest.version}\\"`);
    expect(textOf("cc-ledger", "bin", "cc-ledger")).not.toContain("@VERSION@");
  });

  test("hooks into every event that the installer wires, in the same way, through the launcher", () => {
    const { hooks } = jsonOf("cc-ledger", "hooks", "hooks.json") as unknown as HooksFile;
    expect(Object.keys(hooks).sort()).toEqual([...WIRED_NAMES].sort());
    const flat = Object.values(hooks).flatMap((blocks) => blocks.flatMap((block) => block.hooks));
    for (const { type, command, timeout } of flat) {
      expect(type).toBe("command");
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
      expect(command.startsWith('"${CLAUDE_PLUGIN_ROOT}/bin/cc-ledger" ')).toBe(true);
      expect(timeout).toBeGreaterThan(0);
    }
    expect(hooks.PostToolUse?.[0]?.matcher).toContain("Edit");
    expect(hooks.Stop?.[0]?.hooks[0]?.command).toEndWith(" hook claude-code stop");
    expect(hooks.SessionEnd?.[0]?.hooks[0]?.async).toBeUndefined();
    expect(hooks.UserPromptSubmit?.[0]?.hooks[0]?.async).toBe(true);
    // What a background hook says goes to the model: the check is waited for, and only at a start.
    expect(hooks.SessionStart?.[0]).toEqual({
      matcher: "startup",
      hooks: [
        {
          type: "command",
          // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
          command: '"${CLAUDE_PLUGIN_ROOT}/bin/cc-ledger" plugin-check',
          timeout: 5,
        },
      ],
    });
  });

  test("starts the server of the same executable", () => {
    expect(jsonOf("cc-ledger", ".mcp.json")).toEqual({
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
      mcpServers: { ledger: { command: "${CLAUDE_PLUGIN_ROOT}/bin/cc-ledger", args: ["mcp"] } },
    });
  });

  test("has commands that may only read without asking", () => {
    const names = readdirSync(join(out, "cc-ledger", "commands"));
    expect(names.sort()).toEqual(["budget.md", "cost.md", "pr-cost.md"]);
    const readers =
      /^(?:Bash\(cc-ledger (?:stats|sessions?|pr-cost|branches|commits|blame|budget list|guard status|guard explain|alerts|prices|doctor):\*\)|mcp__plugin_cc-ledger_ledger__(?!budget_set)[a-z_]+)$/;
    for (const text of [
      ...names.map((name) => textOf("cc-ledger", "commands", name)),
      textOf("cc-ledger", "skills", "cc-ledger", "SKILL.md"),
    ]) {
      const front = /^---\n([\s\S]*?)\n---\n/.exec(text)?.[1] ?? "";
      expect(front).toMatch(/^description: .{20}/m);
      const allowed = /^allowed-tools: (.+)$/m.exec(front)?.[1]?.split(", ") ?? [];
      expect(allowed.length).toBeGreaterThan(0);
      for (const tool of allowed) expect(tool).toMatch(readers);
      // What runs before the model reads is among what is allowed, so that nobody is asked.
      for (const [, command = ""] of text.matchAll(/^!`(cc-ledger .+?)(?: \|\| true)?`$/gm))
        expect(allowed.some((tool) => command.startsWith(/^Bash\((.+):\*\)$/.exec(tool)?.[1] ?? "-"))).toBe(true);
    }
  });

  test("has a square icon of a size that the directory takes, and a launcher that can be run", () => {
    const icon = readFileSync(join(out, "cc-ledger", ".claude-plugin", "icon.png"));
    expect(icon.subarray(1, 4).toString()).toBe("PNG");
    expect([icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual([512, 512]);
    expect(statSync(join(out, "cc-ledger", "bin", "cc-ledger")).mode & 0o111).toBe(0o111);
  });
});
