import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reply } from "../test/e2e/program.ts";

/** A ledger of `calls` calls in `sessions` sessions, and a repo of `commits` commits that hold what every third call wrote; ten commits
 *  make a squashed pull request. Answers the work tree. */
export function writePullCorpus(folder: string, claude: string, calls: number, commits: number): string {
  const repo = join(folder, "shop");
  const sessions = Math.max(1, Math.floor(calls / 100));
  const startMs = Date.UTC(2026, 0, 1);
  mkdirSync(repo, { recursive: true });
  const run = (args: string[], stdin?: Uint8Array): void => {
    const done = Bun.spawnSync(["git", ...args], {
      cwd: repo,
      stdin: stdin ?? "ignore",
      env: { PATH: process.env.PATH ?? "", HOME: folder },
    });
    if (done.exitCode !== 0) throw new Error(`git ${args[0]}: ${done.stderr.toString()}`);
  };
  run(["init", "-q", "-b", "main"]);
  run(["remote", "add", "origin", "https://github.com/acme/shop.git"]);
  const files = Math.max(1, Math.floor(commits / 10));
  const contents = new Map<string, string[]>();
  const stream: string[] = [];
  const stepMs = 60_000;
  let text = "";
  let commit = 0;
  for (let n = 0; n < calls; n++) {
    const session = `session-${Math.floor(n / 100) % sessions}`;
    const atMs = startMs + n * stepMs;
    const edits = n % 5 === 0 && commit < commits;
    const file = `src/file${commit % files}.ts`;
    const lines = [`export const value${n} = compute${n % 977}(${n});`, `log.info("step ${n}", value${n});`, "}"];
    if (edits) {
      const input = { file_path: join(repo, file), old_string: "", new_string: lines.join("\n") };
      text += reply(session, `msg_${n}`, atMs, {
        tool: `toolu_${n}`,
        name: "Edit",
        input,
        cwd: repo,
        branch: `topic-${Math.floor(commit / 10)}`,
      });
      text += `${JSON.stringify({ type: "user", sessionId: session, cwd: repo, timestamp: new Date(atMs + 500).toISOString(), uuid: `r${n}`, message: { role: "user", content: [{ tool_use_id: `toolu_${n}`, type: "tool_result", content: "updated" }] }, toolUseResult: { filePath: input.file_path, structuredPatch: [{ lines: lines.map((line) => `+${line}`) }] } })}\n`;
      const own = [...(contents.get(file) ?? []), ...lines];
      contents.set(file, own);
      const body = `${own.join("\n")}\n`;
      const subject =
        commit % 10 === 9 ? `Topic ${Math.floor(commit / 10)} (#${Math.floor(commit / 10) + 1})` : `Step ${commit}`;
      const seconds = Math.floor(atMs / 1000) + 10;
      stream.push(
        `commit refs/heads/main\ncommitter A <a@b.c> ${seconds} +0000\ndata ${Buffer.byteLength(subject)}\n${subject}\nM 100644 inline ${file}\ndata ${Buffer.byteLength(body)}\n${body}\n`,
      );
      commit++;
    } else text += reply(session, `msg_${n}`, atMs, { cwd: repo, branch: `topic-${Math.floor(commit / 10)}` });
    if (n % 100 === 99 || n === calls - 1) {
      const path = join(claude, "projects", "-shop", `${session}.jsonl`);
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, text);
      text = "";
    }
  }
  run(["fast-import", "--quiet"], Buffer.from(stream.join("")));
  run(["checkout", "-q", "-f", "main"]);
  return repo;
}
