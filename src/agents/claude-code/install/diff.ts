/** Lines shown around a change, as `diff -u` does. */
const CONTEXT = 3;
/** Cells of the comparison table; what differs more is shown as one replacement. Bounds time and memory for files of any size. */
const MAX_CELLS = 4_000_000;

/** What changes between two texts as a unified diff that `patch` and `git apply` take; "" where nothing does.
 *  Every line ends with a line feed but the last. */
export function renderDiff(before: string, after: string, name = "settings.json"): string {
  if (before === after) return "";
  const lines = compare(linesOf(before), linesOf(after));
  const near = new Set<number>();
  lines.forEach((line, at) => {
    if (line.sign !== " ") for (let next = at - CONTEXT; next <= at + CONTEXT; next++) near.add(next);
  });
  const out = [`--- a/${name}`, `+++ b/${name}`];
  let [oldLine, newLine] = [1, 1];
  for (let at = 0; at < lines.length; ) {
    const start = at;
    while (at < lines.length && near.has(at)) at++;
    const hunk = lines.slice(start, at);
    const skipped = hunk.length === 0 ? lines.slice(at, ++at) : [];
    const removed = [...hunk, ...skipped].filter(({ sign }) => sign !== "+").length;
    const added = [...hunk, ...skipped].filter(({ sign }) => sign !== "-").length;
    if (hunk.length > 0) out.push(`@@ -${range(oldLine, removed)} +${range(newLine, added)} @@`, ...hunk.map(shown));
    oldLine += removed;
    newLine += added;
  }
  return out.join("\n");
}

interface Line {
  sign: " " | "-" | "+";
  /** With its line feed, where it has one. */
  text: string;
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** An empty range is counted from the line before it. */
function range(first: number, count: number): string {
  return `${count === 0 ? first - 1 : first},${count}`;
}

function shown({ sign, text }: Line): string {
  return text.endsWith("\n") ? sign + text.slice(0, -1) : `${sign}${text}\n\\ No newline at end of file`;
}

/** All lines of both texts with their signs; between the common start and end by the longest common subsequence. */
function compare(a: readonly string[], b: readonly string[]): Line[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return [
    ...signed(" ", a.slice(0, start)),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...signed(" ", a.slice(a.length - end)),
  ];
}

function middle(a: readonly string[], b: readonly string[]): Line[] {
  if (a.length * b.length > MAX_CELLS) return [...signed("-", a), ...signed("+", b)];
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push({ sign: " ", text: a[i++] as string });
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) lines.push({ sign: "-", text: a[i++] as string });
    else lines.push({ sign: "+", text: b[j++] as string });
  }
  return [...lines, ...signed("-", a.slice(i)), ...signed("+", b.slice(j))];
}

function signed(sign: Line["sign"], lines: readonly string[]): Line[] {
  return lines.map((text) => ({ sign, text }));
}
