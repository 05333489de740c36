import { afterEach, beforeEach, expect, test } from "bun:test";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  applyPlan,
  BACKUP_SUFFIX,
  type Files,
  LATEST_SUFFIX,
} from "../../../../src/agents/claude-code/install/apply.ts";
import { type Plan, planInstall, planUninstall } from "../../../../src/agents/claude-code/install/plan.ts";
import { UserError } from "../../../../src/platform/errors.ts";
import { BINARY, EVENTS } from "./support.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "cc-ledger-apply-")));
  path = join(folder, "settings.json");
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const planFor = (text: string | null, binaryPath = BINARY): Plan => planInstall({ text, binaryPath, events: EVENTS });
const read = (file: string): string => fs.readFileSync(file, "utf8");
const modeOf = (file: string): number => fs.statSync(file).mode & 0o777;
const failing = (name: keyof Files, code: string): Files => ({
  ...fs,
  [name]: () => {
    throw Object.assign(new Error(`${code}: made up`), { code });
  },
});

test("a new file is the user's alone, and there is nothing to copy", () => {
  const plan = planFor(null);
  expect(applyPlan(plan, path)).toEqual({ target: path, backup: null });
  expect(read(path)).toBe(plan.after);
  expect(modeOf(path)).toBe(0o600);
  expect(fs.readdirSync(folder)).toEqual(["settings.json"]);
});

test("a missing folder is made if its parent is there, else the config folder is doubted", () => {
  const inside = join(folder, ".claude", "settings.json");
  applyPlan(planFor(null), inside);
  expect(modeOf(join(folder, ".claude"))).toBe(0o700);
  expect(() => applyPlan(planFor(null), join(folder, "no/such/settings.json"))).toThrow(UserError);
  expect(fs.existsSync(join(folder, "no"))).toBe(false);
});

test("the mode stays, and the copies keep what was there before us and before the newest change", () => {
  const original = '{\n  "env": { "TOKEN": "secret" }\n}\n';
  fs.writeFileSync(path, original);
  fs.chmodSync(path, 0o640);
  expect(applyPlan(planFor(original, "/one/cc-ledger"), path).backup).toBe(path + BACKUP_SUFFIX);
  const first = read(path);
  expect(applyPlan(planFor(first, "/two/cc-ledger"), path).backup).toBe(path + LATEST_SUFFIX);
  expect(read(path + BACKUP_SUFFIX)).toBe(original);
  expect(read(path + LATEST_SUFFIX)).toBe(first);
  const second = read(path);
  applyPlan(planUninstall({ text: second }), path);
  expect(read(path)).toBe(original);
  expect(read(path + BACKUP_SUFFIX)).toBe(original);
  expect(read(path + LATEST_SUFFIX)).toBe(second);
  for (const name of ["", BACKUP_SUFFIX, LATEST_SUFFIX]) expect(modeOf(path + name)).toBe(0o640);
  expect(fs.readdirSync(folder)).toHaveLength(3);
});

test("as root the owner stays, and a new file belongs to whom the folder belongs", () => {
  if (process.getuid?.() !== 0) {
    console.log("passed over: only root can give files away");
    return;
  }
  fs.chownSync(folder, 1234, 2345);
  applyPlan(planFor(null), path);
  expect(fs.statSync(path)).toMatchObject({ uid: 1234, gid: 2345 });
  fs.chownSync(path, 3456, 4567);
  applyPlan(planUninstall({ text: read(path) }), path);
  expect(fs.statSync(path)).toMatchObject({ uid: 3456, gid: 4567 });
  expect(fs.statSync(path + LATEST_SUFFIX)).toMatchObject({ uid: 3456, gid: 4567 });
});

test("a symbolic link stays one: the file behind it is written, with the copy beside that", () => {
  fs.mkdirSync(join(folder, "dotfiles"));
  const target = join(folder, "dotfiles", "claude.json");
  fs.writeFileSync(target, "{}");
  fs.symlinkSync("dotfiles/claude.json", join(folder, "link"));
  fs.symlinkSync("link", path);
  expect(applyPlan(planFor("{}"), path)).toEqual({ target, backup: target + BACKUP_SUFFIX });
  expect(fs.readlinkSync(path)).toBe("link");
  expect(read(target)).toBe(planFor("{}").after);
});

test("a link to nothing yet makes the file that it names; a circle is refused", () => {
  fs.symlinkSync("later.json", path);
  expect(applyPlan(planFor(null), path).target).toBe(join(folder, "later.json"));
  expect(fs.lstatSync(path).isSymbolicLink()).toBe(true);
  fs.symlinkSync("b", join(folder, "a"));
  fs.symlinkSync("a", join(folder, "b"));
  expect(() => applyPlan(planFor(null), join(folder, "a"))).toThrow(/circle/);
});

test("a file that changed since it was planned stays as it is, also at the last moment", () => {
  fs.writeFileSync(path, '{"a":1}');
  expect(() => applyPlan(planFor("{}"), path)).toThrow(/changed in the meantime/);
  expect(() => applyPlan(planFor(null), path)).toThrow(/changed in the meantime/);
  const late: Files = {
    ...fs,
    fsyncSync: (fd) => {
      fs.writeFileSync(path, '{"a":2}');
      fs.fsyncSync(fd);
    },
  };
  expect(() => applyPlan(planFor('{"a":1}'), path, late)).toThrow(/changed in the meantime/);
  expect(read(path)).toBe('{"a":2}');
  expect(fs.readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  fs.rmSync(path);
  expect(() => applyPlan(planFor('{"a":2}'), path)).toThrow(/changed in the meantime/);
});

test("bytes that are no UTF-8 are not rewritten", () => {
  const bytes = Buffer.from([...Buffer.from('{"a":"'), 0xff, ...Buffer.from('"}')]);
  fs.writeFileSync(path, bytes);
  expect(() => applyPlan(planFor(bytes.toString("utf8")), path)).toThrow(/not valid UTF-8/);
  expect(fs.readFileSync(path).equals(bytes)).toBe(true);
});

test("a read-only file, a folder in its place and a failing file system are refused in words", () => {
  fs.writeFileSync(path, "{}", { mode: 0o444 });
  expect(() => applyPlan(planFor("{}"), path)).toThrow(/is read-only/);
  fs.chmodSync(path, 0o600);
  for (const [name, code] of [
    ["accessSync", "EACCES"],
    ["openSync", "EROFS"],
    ["writeFileSync", "ENOSPC"],
    ["renameSync", "EPERM"],
  ] as const) {
    expect(() => applyPlan(planFor("{}"), path, failing(name, code))).toThrow(`cannot write ${path}: ${code}`);
    expect(read(path)).toBe("{}");
    expect(fs.readdirSync(folder)).toEqual(["settings.json"]);
  }
  const place = join(folder, "folder");
  fs.mkdirSync(place);
  expect(() => applyPlan(planFor(null), place)).toThrow(/is no file/);
});

test("a plan without a change writes nothing", () => {
  const wired = planFor("{}").after;
  fs.writeFileSync(path, wired);
  expect(applyPlan(planFor(wired), path, failing("openSync", "EACCES"))).toEqual({ target: path, backup: null });
  expect(fs.readdirSync(folder)).toEqual(["settings.json"]);
});
