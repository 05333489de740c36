/** An error that a person can cause and mend: shown as one clear message, exit code 1, no stack. */
export class UserError extends Error {
  override readonly name = "UserError";
  /** @param message what happened and where. @param hint what to do about it, when there is something to do. */
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
