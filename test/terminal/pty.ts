import { TerminalScreen } from "./screen.ts";

/** A program in a pseudo-terminal, and what its screen shows. */
export class Pty {
  readonly screen: TerminalScreen;
  readonly process: Bun.Subprocess;
  /** All that was written, as it came. */
  output = "";

  constructor(argv: string[], options: { env: Record<string, string>; width: number; height: number; cwd?: string }) {
    const { env, width, height, cwd } = options;
    const decoder = new TextDecoder();
    this.screen = new TerminalScreen(width, height);
    this.process = Bun.spawn(argv, {
      env: { TERM: "xterm-256color", LANG: "C.UTF-8", ...env },
      ...(cwd !== undefined && { cwd }),
      terminal: {
        cols: width,
        rows: height,
        data: (_terminal, data) => {
          const text = decoder.decode(data, { stream: true });
          this.output += text;
          this.screen.write(text);
        },
      },
    });
  }

  /** Types keys. */
  type(keys: string): void {
    this.process.terminal?.write(keys);
  }

  resize(width: number, height: number): void {
    this.screen.resize(width, height);
    this.process.terminal?.resize(width, height);
  }

  /** Waits until the screen is as wanted; throws what it shows where it is not in time. */
  async until(wanted: (screen: TerminalScreen) => boolean, withinMs = 20_000): Promise<void> {
    const end = Date.now() + withinMs;
    while (!wanted(this.screen)) {
      if (Date.now() > end) throw new Error(`the screen does not show what was waited for:\n${this.screen.text()}`);
      await Bun.sleep(25);
    }
  }

  /** Waits until the screen shows a text. */
  async shows(text: string, withinMs?: number): Promise<void> {
    await this.until((screen) => screen.text().includes(text), withinMs);
  }

  /** Ends it, however it is. */
  end(): void {
    if (this.process.exitCode === null) this.process.kill(9);
    this.process.terminal?.close();
  }
}
