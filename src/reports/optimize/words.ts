import { formatCount } from "../../platform/numbers.ts";

/** A count with its noun: "1 run", "1,204 runs". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}
