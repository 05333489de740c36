import { describe, expect, test } from "bun:test";
import { listedTools } from "../../src/mcp/calls.ts";
import { decodeCursor, encodeCursor } from "../../src/mcp/cursor.ts";
import { nearest } from "../../src/mcp/nearest.ts";
import { argumentsOf, choice, flag, nullable, object, optional, text, whole } from "../../src/mcp/schema.ts";
import { UserError } from "../../src/platform/errors.ts";

const shape = object({
  name: text("who", 5),
  count: optional(whole({ min: 1, max: 9 })),
  loud: optional(flag()),
  per: optional(choice(["day", "week"])),
});

describe("arguments", () => {
  test("are taken as they are meant", () => {
    expect(argumentsOf(shape, { name: "a" })).toEqual({ name: "a" });
    expect(argumentsOf(shape, { name: "a", count: 3, loud: true, per: "week" })).toEqual({
      name: "a",
      count: 3,
      loud: true,
      per: "week",
    });
    // Models write numbers and truth values as text, and null for nothing.
    expect(argumentsOf(shape, { name: 7, count: "3", loud: "false", per: "Week" })).toEqual({
      name: "7",
      count: 3,
      loud: false,
      per: "week",
    });
    expect(argumentsOf(shape, { name: "a", count: null, per: undefined })).toEqual({ name: "a" });
    expect(argumentsOf(object({}), undefined)).toEqual({});
  });

  const WRONG: readonly [given: unknown, said: string][] = [
    [{}, "the argument name is missing"],
    [{ name: null }, "the argument name is missing"],
    ["name", "must be an object"],
    [["name"], "must be an object"],
    [{ name: "a", nmae: "b" }, 'there is no argument "nmae"'],
    [{ name: "a", __proto__x: 1 }, "there is no argument"],
    [{ name: "a", toString: 1 }, 'there is no argument "toString"'],
    [{ name: "abcdef" }, "name is too long"],
    [{ name: ["a"] }, "name must be text"],
    [{ name: "a", count: 0 }, "count must be a whole number from 1 to 9, but is 0"],
    [{ name: "a", count: 10 }, "count must be a whole number from 1 to 9"],
    [{ name: "a", count: 1.5 }, "count must be a whole number"],
    [{ name: "a", count: "many" }, "count must be a whole number"],
    [{ name: "a", loud: "yes" }, "loud must be true or false"],
    [{ name: "a", per: "year" }, "per must be one of day, week"],
    [{ name: { deep: "x".repeat(10_000) } }, "name must be text"],
  ];
  for (const [given, said] of WRONG)
    test(`${JSON.stringify(given).slice(0, 50)} is refused`, () => {
      expect(() => argumentsOf(shape, given)).toThrow(UserError);
      expect(() => argumentsOf(shape, given)).toThrow(said);
      try {
        argumentsOf(shape, given);
      } catch (error) {
        expect((error as Error).message.length).toBeLessThan(250);
      }
    });

  test("are described by JSON Schema", () => {
    expect(shape.json).toEqual({
      type: "object",
      properties: {
        name: { type: "string", maxLength: 5, description: "who" },
        count: { type: "integer", minimum: 1, maximum: 9 },
        loud: { type: "boolean" },
        per: { type: "string", enum: ["day", "week"] },
      },
      required: ["name"],
      additionalProperties: false,
    });
    expect(nullable(choice(["a"])).json).toEqual({ type: ["string", "null"], enum: ["a", null] });
  });
});

describe("a cursor", () => {
  const cursor = {
    tool: "project_usage",
    args: { period: "all" },
    offset: 7,
    bounds: { fromMs: null, toMs: 5, label: "x" },
  };

  test("comes back as it was", () => {
    expect(decodeCursor(encodeCursor(cursor), "project_usage")).toEqual(cursor);
    expect(decodeCursor(encodeCursor({ ...cursor, bounds: null }), "project_usage").bounds).toBeNull();
  });

  test("of another tool, or none at all, is refused", () => {
    const packed = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const wrong = [
      "",
      "x",
      "!!!",
      packed(null),
      packed([2, "project_usage", {}, 0, null]),
      packed([1, "project_usage", [], 0, null]),
      packed([1, "project_usage", {}, -1, null]),
      packed([1, "project_usage", {}, 1.5, null]),
      packed([1, "project_usage", {}, 0, ["a", null, "x"]]),
      "A".repeat(10_000),
      encodeCursor({ ...cursor, tool: "agent_usage" }),
    ];
    for (const text of wrong) expect(() => decodeCursor(text, "project_usage")).toThrow(UserError);
  });
});

describe("nearest names", () => {
  test("are those a slip of the hand away", () => {
    const names = ["shop", "parser", "notes-app"];
    expect(nearest("shpo", names, 2)).toEqual(["shop"]);
    expect(nearest("PARSE", names, 2)).toEqual(["parser"]);
    expect(nearest("notsapp", names, 2)).toEqual(["notes-app"]);
    expect(nearest("zebra", names, 2)).toEqual([]);
  });
});

describe("the list of tools", () => {
  test("names those that were asked for, each with all that a client may want", () => {
    const tools = listedTools();
    expect(tools.map(({ name }) => name).sort()).toEqual([
      "agent_usage",
      "budget_set",
      "budget_status",
      "cost_optimize",
      "cross_tool_cost",
      "forecast",
      "model_stats",
      "pr_cost",
      "project_usage",
      "query",
      "runaway_status",
      "session_detail",
      "skill_usage",
      "usage_summary",
    ]);
    for (const tool of tools) {
      expect(tool.title).not.toBe("");
      expect(tool.description.length).toBeWithin(40, 600);
      expect(tool.inputSchema.type).toBe("object");
      expect(tool.outputSchema.type).toBe("object");
      expect(tool.annotations.readOnlyHint).toBe(tool.name !== "budget_set");
    }
  });
});
