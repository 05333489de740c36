import { describe, expect, test } from "bun:test";
import { categoryOf, textFlags, toolFlags } from "../../src/categories/index.ts";

/** Category of a prompt with these tool uses. */
function classOf(text: string, ...tools: [string, unknown?][]): string {
  return categoryOf(
    textFlags(text),
    tools.reduce((mask, [name, input]) => mask | toolFlags(name, input), 0),
  );
}

const bash = (command: string): [string, unknown] => ["Bash", { command }];

describe("commands", () => {
  const cases: [string, string][] = [
    ["cd web && npm test 2>&1 | tail -20", "testing"],
    ["FOO=1 BAR='a b' npx vitest run", "testing"],
    ["timeout 60 bun test", "testing"],
    ["python3 -m pytest -q", "testing"],
    ["uv run pytest tests", "testing"],
    ["docker compose exec -T api pytest", "testing"],
    ['bash -lc "cargo test --all"', "testing"],
    ["for i in 1 2 3; do go test ./...; done", "testing"],
    ["git status; git commit -m 'fix tests'", "git"],
    ["cd x; git -C ../y -c user.name=z commit -am done", "git"],
    ["(git add -A && git push)", "git"],
    ["git log --oneline | head", "git"],
    ["gh pr create --fill", "git"],
    [`git commit -m "$(cat <<'EOF'\nRun "npm test" first\n\ndocker push it\nEOF\n)"`, "git"],
    ["make deploy", "build/deploy"],
    ["sudo systemctl restart nginx", "build/deploy"],
    ["cd infra\nterraform apply", "build/deploy"],
    ["npm ci", "build/deploy"],
    ["npm run build", "build/deploy"],
    ["kubectl apply -f k8s/", "build/deploy"],
    ["echo git commit", "general"],
    ["echo 'npm test; docker push x'", "general"],
    ["grep -rn 'git push' docs | wc -l", "exploration"],
    ["cat package.json # npm test", "exploration"],
    ["cat a.txt && ls -la && rg foo", "exploration"],
    ["python scripts/import.py", "coding"],
    ["sed -i 's/a/b/' src/x.ts", "coding"],
    ["cat > src/new.ts <<'EOF'\nnpm test\ngit push\nEOF", "coding"],
    ["cat > test/new.test.ts <<EOF\nx\nEOF\nbun test test/new.test.ts", "testing"],
    ["npm run build > /dev/null 2>&1", "build/deploy"],
  ];
  test.each(cases)("%s is %s", (command, category) => expect(classOf("", bash(command))).toBe(category));
});

describe("tools", () => {
  test("MultiEdit, Write and NotebookEdit are edits", () => {
    expect(classOf("", ["MultiEdit", { file_path: "/a/src/x.ts" }])).toBe("coding");
    expect(classOf("", ["Write", { file_path: "C:\\a\\test\\x.test.ts" }])).toBe("testing");
    expect(classOf("", ["NotebookEdit", { notebook_path: "/a/x.ipynb" }])).toBe("coding");
  });

  test("Task and Agent spawn", () => {
    expect(classOf("", ["Task", { prompt: "x" }])).toBe("delegation");
    expect(classOf("", ["Agent", { prompt: "x" }])).toBe("delegation");
  });

  test("a plan file is a plan, not an edit of code", () => {
    expect(classOf("", ["EnterPlanMode", {}], ["Write", { file_path: "/home/a/.claude/plans/x.md" }])).toBe("planning");
    expect(classOf("add a menu", ["ExitPlanMode", {}], ["Edit", { file_path: "/a/menu.ts" }])).toBe("feature");
  });

  test("Codex: shell, apply_patch, update_plan", () => {
    expect(classOf("", ["shell", { command: ["bash", "-lc", "cargo test"] }])).toBe("testing");
    expect(classOf("", ["shell", { command: ["git", "commit", "-m", "a b"] }])).toBe("git");
    expect(classOf("", ["exec_command", { cmd: "npm run build" }])).toBe("build/deploy");
    expect(classOf("", ["apply_patch", "*** Begin Patch\n*** Update File: src/a.rs\n@@\n*** End Patch"])).toBe(
      "coding",
    );
    expect(classOf("", ["apply_patch", { input: "*** Begin Patch\n*** Add File: tests/a_test.go\n" }])).toBe("testing");
    expect(classOf("", ["shell", { command: ["apply_patch", "*** Begin Patch\n*** Add File: a.ts\n"] }])).toBe(
      "coding",
    );
    expect(classOf("", ["update_plan", { plan: [] }])).toBe("planning");
  });

  test("MCP tools by server and verb", () => {
    expect(classOf("", ["mcp__github__create_pull_request"])).toBe("git");
    expect(classOf("", ["mcp__linear__list_issues"])).toBe("exploration");
    expect(classOf("", ["mcp__slack__post_message"])).toBe("general");
    expect(classOf("", ["mcp__serena__replace_symbol_body", { relative_path: "src/a.py" }])).toBe("coding");
    expect(classOf("", ["mcp__playwright__browser_click"])).toBe("testing");
  });

  test("odd inputs are no input", () => {
    for (const input of [undefined, null, 3, [], {}, { command: 7 }, { command: [1, null] }, { file_path: {} }]) {
      for (const name of ["Bash", "Edit", "apply_patch", "mcp__a", "mcp____", "", "constructor", "__proto__", "Nope"]) {
        expect(toolFlags(name, input)).toBeGreaterThan(0);
      }
    }
  });
});

describe("texts", () => {
  test("a slash command is the same as typed and as logged", () => {
    for (const [name, args] of [
      ["commit", "the parser"],
      ["review", ""],
      ["plan", "add a cache"],
      ["clear", ""],
      ["my-tools:fix-issue", "412"],
    ]) {
      const logged = `<command-message>${name} is running</command-message>\n<command-name>/${name}</command-name>\n<command-args>${args}</command-args>`;
      expect(textFlags(logged)).toBe(textFlags(`/${name} ${args}`));
    }
  });

  test("words of the old vocabulary that misfire", () => {
    const read: [string, unknown] = ["Read", { file_path: "/a/src/x.ts" }];
    const edit: [string, unknown] = ["Edit", { file_path: "/a/src/x.ts" }];
    expect(classOf("How does the issue list work?", read)).toBe("exploration");
    expect(classOf("Set the limit to 500", edit)).toBe("coding");
    expect(classOf("Change the heading of the new list to Issues", edit)).toBe("coding");
    expect(classOf("Add error handling to the form", edit)).toBe("feature");
    expect(classOf("the form fails with error 500", edit)).toBe("debugging");
  });

  test("the first thing asked for decides, not what is said of it", () => {
    const edit: [string, unknown] = ["Edit", { file_path: "/a/src/x.ts" }];
    expect(classOf("Refactor the code that adds new users", edit)).toBe("refactoring");
    expect(classOf("Add a page that explains how refunds work", edit)).toBe("feature");
    expect(classOf("don't add anything, just rename the field", edit)).toBe("refactoring");
    expect(classOf("write a commit message", bash("git diff --cached"))).toBe("git");
  });

  test("paths, code and links are not words", () => {
    expect(textFlags("src/fix/add.test.ts")).toBe(textFlags("lib/a/b.c.ts"));
    expect(textFlags("`fix add test`")).toBe(0);
    expect(textFlags("```\nadd a test\n```")).toBe(0);
    expect(textFlags("[Image #1]")).toBe(0);
  });

  test("what is asked behind a long log counts", () => {
    const log = "```\n".concat("2026-11-01 info worker idle\n".repeat(900), "```\n\n");
    expect(categoryOf(textFlags(`${log}please explain these lines`), 0)).toBe("exploration");
    expect(categoryOf(textFlags("x ".repeat(9000).concat("\nplease rename the column")), 0)).toBe("refactoring");
  });
});
