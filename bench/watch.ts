import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Scene } from "../scripts/pictures/scene.ts";
import { reply } from "../test/e2e/program.ts";
import { Pty } from "../test/terminal/pty.ts";
import { report } from "./run.ts";

/** `watch` in a pseudo-terminal: how much of a core it takes while nothing happens, and while a session grows once a second. */

const TICKS_PER_SECOND = 100;
const SESSION = "3f1c7a52-0000-4000-8000-000000000001";

/** Processor time of a process so far, seconds; null where the system does not say. */
function cpuSeconds(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}

/** Runs both and reports them. */
export async function watchView(program: string, seconds = 20): Promise<void> {
  const scene = new Scene(program);
  const pty = new Pty([program, "watch"], { env: scene.env, width: 120, height: 40 });
  try {
    await pty.shows("quit");
    // Starting up is not idling.
    await Bun.sleep(3_000);
    const measure = async (what: string, each: () => void, limit: number): Promise<void> => {
      const before = cpuSeconds(pty.process.pid);
      const rows = pty.screen.rowsWritten;
      const bytes = pty.output.length;
      const started = Date.now();
      for (let n = 0; n < seconds; n++) {
        each();
        await Bun.sleep(1_000);
      }
      const after = cpuSeconds(pty.process.pid);
      const wall = (Date.now() - started) / 1_000;
      if (before === null || after === null) throw new Error("the system does not tell a process's time");
      const percent = (100 * (after - before)) / wall;
      const written = `${pty.screen.rowsWritten - rows} texts, ${pty.output.length - bytes} bytes written`;
      report(`watch, ${what}`, `${percent.toFixed(2)} % of a core  (${written})`, `<= ${limit} %`, percent <= limit);
    };
    await measure(`${seconds} s idle`, () => undefined, 2);
    const path = join(scene.claude, "projects", "-home-demo-shop", `${SESSION}.jsonl`);
    let turn = 0;
    await measure(
      `${seconds} s, a session grows every second`,
      () => {
        turn++;
        const place = { cwd: "/home/demo/shop", branch: "feature/checkout", output: 200 + turn };
        appendFileSync(path, reply(SESSION, `msg_bench_${turn}`, Date.now(), place));
      },
      5,
    );
  } finally {
    pty.end();
    scene.remove();
  }
}
