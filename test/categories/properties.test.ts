import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { CATEGORIES, categoryIndexOf, categoryOf, textFlags, toolFlags } from "../../src/categories/index.ts";
import { MAX_COMMANDS, MAX_WORDS, simpleCommands } from "../../src/categories/shell.ts";
import { LOOK_END, LOOK_START } from "../../src/categories/text.ts";
import { labelledCases } from "./score.ts";

const MASK = 0x7fffffff;
const cases = labelledCases();
const texts = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...cases.map((each) => each.text)));
const uses = fc.constantFrom(...cases.flatMap((each) => each.tools));

describe("masks", () => {
  test("are integers of at most 31 bits, whatever comes in", () => {
    fc.assert(
      fc.property(texts, fc.string(), fc.anything(), (text, name, input) => {
        for (const mask of [textFlags(text), toolFlags(name, input), toolFlags("Bash", { command: text })]) {
          expect(mask & MASK).toBe(mask);
        }
      }),
    );
  });

  test("are the same at every look", () => {
    fc.assert(
      fc.property(texts, uses, (text, use) => {
        expect(textFlags(text)).toBe(textFlags(text));
        expect(toolFlags(use.name, use.input)).toBe(toolFlags(use.name, structuredClone(use.input)));
      }),
    );
  });

  test("joined in any order, any number of times, give one category", () => {
    fc.assert(
      fc.property(texts, fc.array(uses, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (text, tools, dice) => {
        const masks = tools.map((use) => toolFlags(use.name, use.input));
        const once = masks.reduce((sum, mask) => sum | mask, 0);
        const shuffled = [...masks, ...masks].sort(() => ((dice.next().value ?? 0) % 3) - 1);
        const twice = shuffled.reduce((sum, mask) => sum | mask, 0);
        expect(categoryOf(textFlags(text), twice)).toBe(categoryOf(textFlags(text), once));
      }),
    );
  });
});

describe("categoryOf", () => {
  test("answers for every pair of integers, always the same, and with its index", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (text, tools) => {
        const category = categoryOf(text, tools);
        expect(CATEGORIES).toContain(category);
        expect(categoryOf(text, tools)).toBe(category);
        expect(CATEGORIES[categoryIndexOf(text, tools)]).toBe(category);
      }),
      { numRuns: 2000 },
    );
  });

  test("nothing known is general", () => expect(categoryOf(0, 0)).toBe("general"));

  test("the names keep their numbers", () => {
    expect(CATEGORIES.join(" ")).toBe(
      "coding debugging feature refactoring testing exploration planning delegation git build/deploy conversation brainstorming general",
    );
  });
});

describe("work is bounded", () => {
  /** Hostile texts of 100 KB each. */
  const hostile = [
    "a",
    "`",
    '"',
    "'",
    "\\",
    "a ",
    "a.",
    "a-",
    "a/",
    "((((",
    "$(",
    "<<A ",
    '"<<A',
    '"<<A\n',
    "<<A\n",
    "if ",
    "sudo ",
    "A=1 ",
    "bash -c '",
    "| ",
    "> a ",
    "write ",
    "don't ",
    "测",
    "テスト",
    "[image",
    "<command-name>",
    "*** Add File: a\n",
    "/a",
    "\n",
    "\u0000",
    "İ",
  ].map((piece) => piece.repeat(Math.ceil(100_000 / piece.length)));

  test("of a text only its beginning and its end are read", () => {
    for (const text of hostile) {
      const changed = `${text.slice(0, LOOK_START)}${"fix ".repeat(20_000)}${text.slice(-LOOK_END)}`;
      expect(textFlags(changed)).toBe(textFlags(text));
    }
  });

  test("of a command at most so many words and commands are kept", () => {
    for (const text of hostile) {
      const commands = simpleCommands(text);
      expect(commands.length).toBeLessThanOrEqual(MAX_COMMANDS + 1);
      for (const { words } of commands) {
        expect(words.length).toBeLessThanOrEqual(MAX_WORDS);
        for (const word of words) expect(word.length).toBeLessThanOrEqual(600);
      }
    }
  });

  test("each character of a command is looked at a fixed number of times", () => {
    for (const piece of hostile) {
      const looks = [8_000, 64_000].map((length) => countLooks(piece.slice(0, length)));
      // Eight times the text may cost eight times the looks, and a margin; the square would be sixty-four times.
      expect(looks[1] ?? 0).toBeLessThanOrEqual(12 * (looks[0] ?? 0) + 1_000);
    }
  });

  /** Characters that the lexer asks for: it sees a text that counts. */
  function countLooks(text: string): number {
    let looks = 0;
    const counted = new Proxy(Object(text) as object, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          const result: unknown = Reflect.apply(value, target, args);
          if (key === "charCodeAt") looks++;
          else if (key === "slice") looks += typeof result === "string" ? result.length : 0;
          else if (key === "indexOf") {
            const from = typeof args[1] === "number" ? args[1] : 0;
            looks += (typeof result === "number" && result >= 0 ? result : text.length) - from + 1;
          }
          return result;
        };
      },
    });
    simpleCommands(counted as unknown as string);
    return looks;
  }

  test("all of it comes to an end", () => {
    for (const text of hostile) {
      textFlags(text);
      toolFlags("Bash", { command: text });
      toolFlags("apply_patch", text);
      toolFlags("Edit", { file_path: text });
      toolFlags(text, {});
      toolFlags(`mcp__${text}`, {});
    }
  });
});
