import { expect, test } from "bun:test";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import fc from "fast-check";
import { folderOf, isRooted, nameOf, resolved, under } from "../../src/platform/plainPaths.ts";

/** Paths without the path module are those of the path module. */

const part = fc.constantFrom("", ".", "..", "...", ".claude", "a", "b c", "~", "ü.jsonl", "x\\y", "C:", "a.b..c");
const file = fc
  .tuple(fc.constantFrom("", "/", "//", "./"), fc.array(part, { maxLength: 5 }), fc.constantFrom("", "/"))
  .map(([start, parts, end]) => start + parts.join("/") + end);

test("on whatever path", () => {
  fc.assert(
    fc.property(file, file, (one, other) => {
      expect(isRooted(one)).toBe(isAbsolute(one));
      expect(resolved(one)).toBe(resolve(one));
      expect(folderOf(one)).toBe(dirname(one));
      expect(nameOf(one)).toBe(basename(one));
      expect(under(one, other)).toBe(join(one, other));
    }),
    { numRuns: 3_000 },
  );
});
