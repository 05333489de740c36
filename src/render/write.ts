import { messageOf, UserError } from "../platform/errors.ts";

/** Whether an error says that the reader of a pipe went away. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === "EPIPE";
}

let isHeard = false;

/** A broken pipe is told in whichever way comes first: thrown, to a callback, or as an event, which ends the program where nobody hears it. */
export function hearBrokenPipes(): void {
  if (!isHeard) process.stdout.on("error", () => undefined);
  isHeard = true;
}

/** Writes to stdout and waits until it is taken, so that nothing is cut off in a pipe. A reader that went away (`| head`) is no error: what it
 *  does not want is dropped. Throws a {@link UserError} for anything else, such as a full disk. */
export function writeOut(text: string): Promise<void> {
  hearBrokenPipes();
  return new Promise((resolve, reject) => {
    const taken = (error?: Error | null): void => {
      if (!error || isBrokenPipe(error)) resolve();
      else reject(new UserError(`cannot write the output: ${messageOf(error)}`));
    };
    try {
      process.stdout.write(text, taken);
    } catch (error) {
      taken(error as Error);
    }
  });
}
