/** What changes between two texts, line by line, with the signs of a unified diff and two lines around each change. */
export function renderDiff(before: string, after: string): string {
  const a = before === "" ? [] : before.replace(/\n$/, "").split("\n");
  const b = after === "" ? [] : after.replace(/\n$/, "").split("\n");
  const lines = script(a, b);
  const near = lines.map((_, at) => lines.slice(Math.max(0, at - 2), at + 3).some((line) => line[0] !== " "));
  const out: string[] = [];
  lines.forEach((line, at) => {
    if (near[at]) out.push(line);
    else if (near[at - 1]) out.push("...");
  });
  return out.join("\n");
}

/** The lines of both texts with their signs, by the longest common subsequence of what differs. */
function script(a: readonly string[], b: readonly string[]): string[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const left = a.slice(start, a.length - end);
  const right = b.slice(start, b.length - end);
  const longest = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  const at = (i: number, j: number): number => longest[i]?.[j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      (longest[i] as Uint32Array)[j] =
        left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const middle: string[] = [];
  for (let i = 0, j = 0; i < left.length || j < right.length; ) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      middle.push(` ${left[i++]}`);
      j++;
    } else if (j >= right.length || (i < left.length && at(i + 1, j) >= at(i, j + 1))) middle.push(`-${left[i++]}`);
    else middle.push(`+${right[j++]}`);
  }
  return [
    ...a.slice(0, start).map((line) => ` ${line}`),
    ...middle,
    ...a.slice(a.length - end).map((line) => ` ${line}`),
  ];
}
