import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { notifierFor, showNote } from "../../src/notify/desktop.ts";
import { pauseMs } from "../../src/notify/pause.ts";
import { maskedUrl, NOTIFY_SETTINGS, webhookUrl } from "../../src/notify/settings.ts";
import { UserError } from "../../src/platform/errors.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cc-ledger-notifier-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function program(name: string, text = "#!/bin/sh\n"): void {
  writeFileSync(join(dir, name), text);
  chmodSync(join(dir, name), 0o755);
}

describe("the notifier", () => {
  test("is the system's own, and only where there is a desktop", () => {
    for (const name of ["notify-send", "osascript", "powershell.exe"]) program(name);
    expect(notifierFor("linux", { PATH: dir })).toBeNull();
    for (const display of ["DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"])
      expect(notifierFor("linux", { PATH: dir, [display]: "x" })?.name).toBe("notify-send");
    expect(notifierFor("linux", { PATH: "/nowhere", DISPLAY: ":0" })).toBeNull();
    expect(notifierFor("darwin", { PATH: dir })?.name).toBe("osascript");
    expect(notifierFor("darwin", { PATH: dir, CC_LEDGER_NO_DESKTOP: "1" })).toBeNull();
    expect(notifierFor("freebsd", { PATH: dir })).toBeNull();
  });

  test("of a Mac and of Windows get the text beside their script, never in it", () => {
    program("osascript");
    program("powershell.exe");
    const note = { title: '"; do shell script "id', body: "$(calc) `n" };
    const mac = notifierFor("darwin", { PATH: dir });
    expect(mac?.args(note).slice(-3)).toEqual(["--", note.title, note.body]);
    expect(mac?.args(note).slice(0, -3).join("\n")).not.toContain("shell");
    const windows = notifierFor("win32", { PATH: dir });
    const script = Buffer.from(windows?.args(note).at(-1) ?? "", "base64").toString("utf16le");
    expect(script).toContain("CreateToastNotifier");
    expect(script).not.toContain("calc");
    expect(windows?.env(note)).toEqual({ CC_LEDGER_NOTE_TITLE: note.title, CC_LEDGER_NOTE_BODY: note.body });
  });

  test("that cannot be started is trouble to be told, not an error", async () => {
    program("notify-send", "#!/nowhere/sh\n");
    const notifier = notifierFor("linux", { PATH: dir, DISPLAY: ":0" });
    if (notifier === null) throw new Error("not found");
    expect(await showNote(notifier, { title: "a", body: "b" }, { PATH: dir })).toContain("notify-send");
  });
});

describe("the webhook's address", () => {
  test.each([
    ["https://hooks.slack.com/services/T0/B0/x", "https://hooks.slack.com/services/T0/B0/x"],
    ["https://example.org", "https://example.org/"],
    ["http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"],
    ["http://localhost/a#b", "http://localhost/a"],
    ["http://[::1]:9/", "http://[::1]:9/"],
  ])("%s is taken", (value, href) => {
    expect(webhookUrl(value).href).toBe(href);
  });

  test.each([
    ["hooks.slack.com/services", "no web address"],
    ["", "no web address"],
    ["ftp://example.org/", "no web address"],
    ["file:///etc/passwd", "no web address"],
    ["javascript:alert(1)", "no web address"],
    [`https://example.org/${"a".repeat(2000)}`, "no web address"],
    ["http://example.org/", "must be https"],
    ["http://127.0.0.1.example.org/", "must be https"],
    ["http://localhost.example.org/", "must be https"],
    ["https://user:password@example.org/", "must not hold a name"],
  ])("%s is refused", (value, why) => {
    expect(() => webhookUrl(value)).toThrow(UserError);
    expect(() => webhookUrl(value)).toThrow(why);
  });

  test("is shown without the part that lets others post", () => {
    expect(maskedUrl("https://hooks.slack.com/services/T0/B0/x?y")).toBe("https://hooks.slack.com/...");
    expect(maskedUrl("https://example.org/")).toBe("https://example.org");
  });

  test("secrets have a sensible length, switches two positions", () => {
    const check = (key: string, value: string): string =>
      NOTIFY_SETTINGS.find((setting) => setting.key === key)?.check(value) ?? "no such setting";
    expect(check("notify.webhook_secret", "12345678")).toBe("12345678");
    expect(() => check("notify.webhook_secret", "short")).toThrow("8 to 500");
    expect(() => check("notify.desktop", "maybe")).toThrow("true or false");
    expect(() => check("notify.details", "1")).toThrow("true or false");
  });
});

test("pauses double from half a minute to an hour, a fifth more or less", () => {
  const seconds = (failures: number, random: number): number => pauseMs(failures, random) / 1000;
  expect([1, 2, 3, 7, 8, 9, 1000].map((failures) => seconds(failures, 0.5))).toEqual([
    30, 60, 120, 1920, 3600, 3600, 3600,
  ]);
  expect(seconds(1, 0)).toBe(24);
  expect(seconds(1, 1)).toBe(36);
  expect(seconds(50, 1)).toBe(4320);
});
