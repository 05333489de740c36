/** Timing of whole processes, both sides of a comparison in turn, so that a drift of the machine hits both. */

export interface Command {
  name: string;
  argv: string[];
  env: Record<string, string>;
  /** File that the process reads as its standard input: a pipe would also time how soon this process fills it. */
  stdin?: string;
  /** Done before every run, not timed. */
  before?: () => void;
}

export interface Figures {
  name: string;
  wallMs: number[];
  cpuMs: number[];
  peakMiB: number;
}

async function once(command: Command): Promise<{ wallMs: number; cpuMs: number; peakMiB: number }> {
  command.before?.();
  const started = Bun.nanoseconds();
  const child = Bun.spawn(command.argv, {
    env: command.env,
    stdin: command.stdin === undefined ? "ignore" : Bun.file(command.stdin),
    stdout: "ignore",
    stderr: "pipe",
  });
  const code = await child.exited;
  const wallMs = (Bun.nanoseconds() - started) / 1e6;
  if (code !== 0) throw new Error(`${command.name} failed (${code}): ${await new Response(child.stderr).text()}`);
  const usage = child.resourceUsage();
  return { wallMs, cpuMs: Number(usage?.cpuTime.total ?? 0) / 1e3, peakMiB: Number(usage?.maxRSS ?? 0) / (1 << 20) };
}

/** Runs the commands in turn, `runs` times each after one warm-up round. */
export async function inTurn(commands: readonly Command[], runs: number, warmUp = true): Promise<Figures[]> {
  const figures = commands.map(({ name }): Figures => ({ name, wallMs: [], cpuMs: [], peakMiB: 0 }));
  for (let round = warmUp ? -1 : 0; round < runs; round++) {
    for (const [at, command] of commands.entries()) {
      const { wallMs, cpuMs, peakMiB } = await once(command);
      if (round < 0) continue;
      const sums = figures[at] as Figures;
      sums.wallMs.push(wallMs);
      sums.cpuMs.push(cpuMs);
      sums.peakMiB = Math.max(sums.peakMiB, peakMiB);
    }
  }
  return figures;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Median of the ratios pair by pair: the figure that holds while the machine's speed drifts. */
export function ratio(a: Figures, b: Figures): number {
  return median(a.wallMs.map((value, at) => value / (b.wallMs[at] as number)));
}

/** One line of the report. */
export function report(what: string, figure: string, limit: string, holds: boolean): void {
  console.log(`${holds ? "ok  " : "MISS"}  ${what.padEnd(58)} ${figure.padEnd(38)} ${limit}`);
}
