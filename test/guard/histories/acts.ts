import { type Draw, SECOND } from "./draw.ts";
import type { Project } from "./project.ts";
import type { Act } from "./thread.ts";

/** Tool uses as agents make them, with plausible sizes and times. Texts are short; a result's size is told in tokens. */
export class Acts {
  readonly draw: Draw;
  readonly project: Project;

  constructor(draw: Draw, project: Project) {
    this.draw = draw;
    this.project = project;
  }

  act(tool: string, input: Record<string, unknown>, more: Partial<Act> = {}): Act {
    const { draw } = this;
    const spent = { tookMs: draw.count(180, 0.9, 8, 20_000), tokens: draw.count(350, 1.1, 15, 9_000) };
    return { tool, input, answer: "ok", failed: false, ...spent, writes: draw.count(110, 0.5, 30, 900), ...more };
  }

  fail(tool: string, input: Record<string, unknown>, answer: string, more: Partial<Act> = {}): Act {
    return this.act(tool, input, { failed: true, answer, tokens: this.draw.count(60, 0.6, 12, 900), ...more });
  }

  path(file: string): string {
    return `${this.project.cwd}/${file}`;
  }

  file(): string {
    return this.draw.pick(this.project.files);
  }

  read(file = this.file(), offset?: number): Act {
    const input = { file_path: this.path(file), ...(offset !== undefined && { offset, limit: 200 }) };
    return this.act("Read", input, { tookMs: this.draw.int(10, 120), tokens: this.draw.count(1_500, 0.9, 80, 12_000) });
  }

  search(): Act {
    const { draw } = this;
    const word = `${draw.pick(WORDS)}${draw.pick(["", "Total", "Rate", "For", "_id", "Count"])}`;
    if (draw.chance(0.25))
      return this.act("Glob", { pattern: `**/*${word}*` }, { tokens: draw.count(200, 0.8, 10, 2_500) });
    const input = { pattern: word, path: draw.pick([".", "src", "lib", "tests"]), output_mode: draw.pick(MODES) };
    return this.act("Grep", input, { tokens: draw.count(400, 1, 10, 6_000) });
  }

  edit(file = this.file()): Act {
    const { draw } = this;
    const input = { file_path: this.path(file), old_string: this.code(), new_string: this.code() };
    const size = { tokens: draw.count(220, 0.5, 40, 2_000), writes: draw.count(380, 0.9, 60, 5_000) };
    return this.act("Edit", input, { answer: "The file has been updated.", ...size });
  }

  write(file: string): Act {
    const writes = this.draw.count(1_400, 0.8, 120, 12_000);
    return this.act("Write", { file_path: this.path(file), content: this.code() }, { tokens: 40, writes });
  }

  /** A command that succeeds; `seconds` is its median time. */
  bash(command: string, seconds = 0.4, answer = "", more: Partial<Act> = {}): Act {
    const tookMs = Math.round(this.draw.size(seconds, 0.5, 0.02, seconds * 8 + 1) * SECOND);
    return this.act("Bash", { command }, { answer, tookMs, ...more });
  }

  bashFails(command: string, answer: string, seconds = 0.4): Act {
    const tookMs = Math.round(this.draw.size(seconds, 0.5, 0.02, seconds * 8 + 1) * SECOND);
    return this.fail("Bash", { command }, `Exit code 1\n${answer}`, {
      tookMs,
      tokens: this.draw.count(500, 0.8, 30, 5_000),
    });
  }

  /** A line of code, different nearly every time. */
  code(): string {
    const { draw } = this;
    return `const ${draw.pick(WORDS)}${draw.int(1, 99)} = ${draw.pick(WORDS)}(${draw.pick(WORDS)}, ${draw.int(0, 999)});`;
  }

  /** One of the small things that agents look at all the time. */
  glance(): Act {
    const { draw } = this;
    return this.bash(
      draw.pick([
        "git status",
        "git status --short",
        "git diff",
        "git diff --stat",
        "git log --oneline -5",
        "ls -la",
        `ls ${draw.pick(["src", "lib", "tests", "docs"])}`,
        `wc -l ${this.file()}`,
        `git log --oneline -3 -- ${this.file()}`,
        `git blame -L ${draw.int(1, 80)},+12 ${this.file()}`,
        `cat ${draw.pick(["package.json", "README.md", ".env.example", "Makefile"])}`,
        `sed -n '${draw.int(1, 300)},+40p' ${this.file()}`,
      ]),
    );
  }
}

const MODES = ["content", "files_with_matches", "count"] as const;

export const WORDS =
  "total price order rate limit cursor batch retry window token query row index merge parse render state event timer scope".split(
    " ",
  );
