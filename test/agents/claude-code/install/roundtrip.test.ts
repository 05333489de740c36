import { expect, test } from "bun:test";
import fc from "fast-check";
import { parse } from "jsonc-parser";
import { ownBinary } from "../../../../src/agents/claude-code/install/command.ts";
import { eventsFor } from "../../../../src/agents/claude-code/install/events.ts";
import { planInstall, planUninstall } from "../../../../src/agents/claude-code/install/plan.ts";
import { BINARY, EVENTS, hook, install, uninstall } from "./support.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What may stand between two tokens of a settings file. */
const gap = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("", " ", "\n", "\n  ", "\n    ", "\n\t", "\r\n  ") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(" // note\n", "/* note */", "\n  // own line\n  ", " /* two\n lines */ ", "\n\n"),
  },
);

/** Writes a value with gaps and trailing commas as they come. */
function printed(value: Json, next: () => string, comma: () => boolean): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const list = Array.isArray(value);
  const items = list
    ? value.map((item) => printed(item, next, comma))
    : Object.entries(value).map(
        ([key, item]) => `${JSON.stringify(key)}${next()}:${next()}${printed(item, next, comma)}`,
      );
  const inner =
    items.map((item) => `${next()}${item}${next()}`).join(",") + (items.length > 0 && comma() ? `,${next()}` : "");
  return `${list ? "[" : "{"}${items.length === 0 ? next() : inner}${list ? "]" : "}"}`;
}

const foreign = fc.constantFrom(
  hook("say done"),
  hook("/home/me/cc-ledger/bin/other hook claude-code stop"),
  hook("/home/me/cc-ledger hook claude-code stop && true"),
  { type: "http", url: "http://127.0.0.1:1/cc-ledger hook claude-code stop" },
);
const block = fc.record(
  { matcher: fc.constantFrom("", "Bash", "Edit|Write"), hooks: fc.array(foreign, { maxLength: 2 }) },
  { requiredKeys: ["hooks"] },
);
const hooks = fc.dictionary(
  fc.constantFrom("Stop", "PreToolUse", "SessionEnd", "PostToolUse", "Made Up"),
  fc.array(block, { maxLength: 2 }),
  { maxKeys: 3 },
);
const key = fc.constantFrom("model", "env", "permissions", "z", "a b", "__proto__", "\u00e9\ud83d\ude00", "");
const settings = fc.tuple(
  fc.dictionary(key, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
  fc.option(hooks),
  fc.nat(3),
);

/** Settings files of all shapes: any layout, comments, trailing commas, with and without hooks, with and without byte order mark. */
const files = fc
  .tuple(settings, fc.infiniteStream(gap), fc.infiniteStream(fc.nat(4)), fc.boolean(), fc.boolean(), fc.boolean())
  .map(([[rest, own, at], gaps, commas, regular, bom, newline]) => {
    const members = Object.entries(rest);
    if (own !== null) members.splice(at, 0, ["hooks", own]);
    const value = Object.fromEntries(members) as Json;
    const text = regular
      ? JSON.stringify(value, null, [2, 4, "\t", 3][at])
      : printed(
          value,
          () => gaps.next().value,
          () => commas.next().value === 0,
        );
    return `${bom ? "\ufeff" : ""}${text}${newline ? "\n" : ""}`;
  });

const parsed = (text: string): Record<string, Json> =>
  parse(text.replace(/^\ufeff/, ""), [], { allowTrailingComma: true });

/** The settings without our entries, and without the blocks, events and `hooks` that are empty then. */
function withoutOurs(text: string): Json {
  const value = parsed(text);
  const kept = Object.entries((value.hooks ?? {}) as Record<string, { hooks: { command?: string }[] }[]>).map(
    ([event, blocks]) => [
      event,
      blocks
        .map((one) => ({
          ...one,
          hooks: one.hooks.filter(({ command }) => command === undefined || ownBinary(command) === null),
        }))
        .filter((one) => one.hooks.length > 0),
    ],
  );
  return { ...value, hooks: Object.fromEntries(kept.filter(([, blocks]) => (blocks?.length ?? 0) > 0)) };
}

test("uninstall gives back what install was given, to the byte", () => {
  fc.assert(
    fc.property(files, (text) => {
      expect(uninstall(install(text))).toBe(text);
    }),
    { numRuns: 400 },
  );
});

test("also after updates of path and client version in between", () => {
  const versions = fc.constantFrom("1.0.41", "1.0.85", "2.0.50", "2.1.0", "2.1.330");
  const updates = fc.array(fc.tuple(versions, fc.constantFrom(BINARY, "/usr/bin/cc-ledger")), {
    minLength: 2,
    maxLength: 3,
  });
  fc.assert(
    fc.property(files, updates, (text, steps) => {
      const updated = steps.reduce((now, [version, path]) => install(now, path, eventsFor(version)), text);
      expect(uninstall(updated)).toBe(text);
    }),
    { numRuns: 120 },
  );
}, 30_000);

/** The same files with a statusline of somebody else's in them, or none. */
const withLine = fc
  .tuple(
    settings,
    fc.option(fc.constantFrom("date", '~/it\'s.sh "$X"', "")),
    fc.nat(3),
    fc.infiniteStream(gap),
    fc.infiniteStream(fc.nat(4)),
  )
  .map(([[rest, own, at], command, place, gaps, commas]) => {
    const members: [string, Json][] = Object.entries(rest as Record<string, Json>);
    if (own !== null) members.splice(at, 0, ["hooks", own as Json]);
    if (command !== null) members.splice(place, 0, ["statusLine", { type: "command", command, padding: 0 }]);
    return printed(
      Object.fromEntries(members),
      () => gaps.next().value,
      () => commas.next().value === 0,
    );
  });

test("the same with the statusline, whichever of the two was installed first", () => {
  const line = (text: string, statusline: boolean): string =>
    planInstall({ text, binaryPath: BINARY, events: EVENTS, statusline }).after;
  fc.assert(
    fc.property(withLine, fc.boolean(), (text, later) => {
      const wired = later ? line(line(text, false), true) : line(line(text, true), true);
      expect(line(wired, false)).toBe(wired);
      expect(uninstall(wired)).toBe(text);
      expect(uninstall(planUninstall({ text: wired, only: "statusline" }).after)).toBe(text);
    }),
    { numRuns: 150 },
  );
}, 30_000);

test("install changes nothing but our entries, and again it changes nothing", () => {
  fc.assert(
    fc.property(files, (text) => {
      const wired = install(text);
      expect(install(wired)).toBe(wired);
      expect(withoutOurs(wired)).toEqual(withoutOurs(text));
      expect(Object.keys(parsed(wired)).filter((one) => one !== "hooks")).toEqual(
        Object.keys(parsed(text)).filter((one) => one !== "hooks"),
      );
      const own = Object.entries(parsed(wired).hooks as Record<string, { hooks: { command?: string }[] }[]>).flatMap(
        ([event, blocks]) =>
          blocks.flatMap((one) =>
            one.hooks.flatMap(({ command }) => (ownBinary(command ?? "") === BINARY ? [event] : [])),
          ),
      );
      expect(own.sort()).toEqual(EVENTS.map(({ name }) => name).sort());
    }),
    { numRuns: 200 },
  );
});

test("a file that the client wrote anew in between keeps everything of others", () => {
  fc.assert(
    fc.property(files, (text) => {
      const rewritten = JSON.stringify(parsed(install(text)), null, 2);
      expect(withoutOurs(uninstall(rewritten))).toEqual(withoutOurs(text));
      expect(uninstall(rewritten)).not.toContain("it's $HERE");
    }),
    { numRuns: 100 },
  );
});
