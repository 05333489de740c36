/** A progress bar on a terminal's stderr, and nothing anywhere else. */
export interface Progress {
  update(done: number, total: number, note: string): void;
  finish(): void;
}

const INTERVAL_MS = 80;
const WIDTH = 30;

/** A bar that shows up only if the work lasts, redraws itself in place, and clears itself in the end. */
export function createProgress(options: {
  stream: { write(text: string): unknown };
  enabled: boolean;
  label: string;
  now: () => number;
}): Progress {
  const { stream, enabled, label, now } = options;
  if (!enabled) return { update: () => undefined, finish: () => undefined };
  let drawnAt = now();
  let drawn = false;
  return {
    update(done, total, note) {
      if (now() - drawnAt < INTERVAL_MS || total <= 0) return;
      const share = Math.min(1, done / total);
      const filled = Math.round(share * WIDTH);
      stream.write(
        `\r${label} [${"#".repeat(filled)}${".".repeat(WIDTH - filled)}] ${Math.floor(share * 100)} % ${note}\u001b[K`,
      );
      drawnAt = now();
      drawn = true;
    },
    finish() {
      if (drawn) stream.write("\r\u001b[K");
    },
  };
}
