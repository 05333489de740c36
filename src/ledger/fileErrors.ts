/** Errors of the file system belong to one file; everything else is a fault of the book or of the program. */
export function isFileError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
