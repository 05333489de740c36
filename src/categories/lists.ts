/** The words of a list that may go over several lines. */
export function wordsOf(list: string): string[] {
  return list.split(/\s+/).filter((word) => word !== "");
}

/** A table from each word of each list to the value beside it. */
export function tableOf<T>(rows: readonly (readonly [T, string])[]): Map<string, T> {
  return new Map(rows.flatMap(([value, list]) => wordsOf(list).map((word): [string, T] => [word, value])));
}
