import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fakeNotifier } from "../notify/scene.ts";
import { Home, prompt, reply, zoneAtNoon } from "./program.ts";

const SESSION = "0f0f0f0f-1111-4222-8333-444444444444";

interface Request {
  delivery: string;
  text: string;
}

let home: Home;
let requests: Request[];
let answer: () => Response | Promise<Response>;
let arrived: (() => void) | undefined;
let server: ReturnType<typeof Bun.serve>;

beforeEach(() => {
  home = new Home(zoneAtNoon());
  requests = [];
  answer = () => new Response("ok");
  server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const { text } = (await request.json()) as { text: string };
      requests.push({ delivery: request.headers.get("x-cc-ledger-delivery") ?? "", text });
      arrived?.();
      return answer();
    },
  });
});
afterEach(async () => {
  await server.stop(true);
  home.remove();
});

const url = (): string => `http://127.0.0.1:${server.port}/services/hidden`;
/** Resolves when so many requests are there; the test's own time limit is the only one. */
async function untilArrived(count: number): Promise<void> {
  while (requests.length < count)
    await new Promise<void>((resolve) => {
      arrived = resolve;
    });
}
const settle = async (isDone: () => boolean): Promise<void> => {
  while (!isDone()) await Bun.sleep(10);
};
const waiting = (): string[] =>
  readdirSync(join(home.ledger, "spool", "notify")).filter((name) => name.endsWith(".json"));

/** A session of ten calls at 3.69 mills each, and what a hook is told of it. */
function session(): object {
  const folder = join(home.claude, "projects", "-nowhere-repo");
  mkdirSync(folder, { recursive: true });
  const transcript = join(folder, `${SESSION}.jsonl`);
  const from = Date.now() - 100_000;
  let text = prompt(SESSION, "p1", "a secret wish", from);
  for (let n = 0; n < 10; n++)
    text += reply(SESSION, `m${n}`, from + n * 10_000, {
      tool: `toolu_${n}`,
      input: { command: `make ${"abcdefghij"[n]}` },
    });
  writeFileSync(transcript, text);
  return { session_id: SESSION, transcript_path: transcript, cwd: "/nowhere/repo", prompt_id: "p1" };
}

describe("a limit that is passed", () => {
  test("is posted by a process of its own, once; the hook does not wait for it", async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    answer = async () => {
      await held;
      return new Response("ok");
    };
    const payload = session();
    expect((await home.run(["config", "notify.webhook", url()])).code).toBe(0);
    expect((await home.run(["budget", "set", "0.03", "--per", "session"])).code).toBe(0);
    // The receiver holds its answer back until the hook has ended.
    const hook = await home.hook("stop", payload);
    expect(hook.code).toBe(0);
    expect(hook.out).toContain("123 % of the limit");
    await untilArrived(1);
    release();
    expect(requests[0]?.text).toContain("$0.0369 spent in this session");
    expect(requests[0]?.text).toContain("session 0f0f0f0f");
    expect(requests[0]?.text).not.toContain("wish");
    expect(requests[0]?.text).not.toContain("/nowhere");
    await settle(() => waiting().length === 0);
    expect((await home.hook("stop", payload)).out).toBe("");
    expect((await home.run(["notify", "send"])).code).toBe(0);
    expect(requests).toHaveLength(1);
  });

  test("starts no process and leaves nothing behind where nothing is set", async () => {
    const payload = session();
    expect((await home.run(["budget", "set", "0.03", "--per", "session"])).code).toBe(0);
    expect((await home.hook("stop", payload)).out).toContain("123 %");
    expect(existsSync(join(home.ledger, "spool", "notify"))).toBe(false);
    // Set later, the webhook begins with what comes after.
    expect((await home.run(["config", "notify.webhook", url()])).code).toBe(0);
    expect((await home.run(["notify", "send"])).out).toContain("0 posted");
    expect(requests).toHaveLength(0);
  });

  test("is shown on the desktop", async () => {
    const { bin, calls } = fakeNotifier(home.dir);
    const desktop = { PATH: `${bin}:${process.env.PATH ?? ""}`, DISPLAY: ":9", CC_LEDGER_NO_DESKTOP: "" };
    const payload = session();
    expect((await home.run(["budget", "set", "0.03", "--per", "session"])).code).toBe(0);
    expect((await home.hook("stop", payload, desktop)).code).toBe(0);
    await settle(() => calls().length > 0);
    expect(calls()[0]?.slice(0, 2)).toEqual(["--app-name=cc-ledger", "--"]);
    expect(calls()[0]?.at(-1)).toContain("$0.0369 spent in this session");
  });
});

describe("delivery", () => {
  /** Alerts as the guard leaves them. */
  async function alerts(count: number): Promise<void> {
    expect((await home.run(["config", "notify.webhook", url()])).code).toBe(0);
    const db = new Database(home.book);
    db.run("BEGIN");
    for (let n = 0; n < count; n++)
      db.run(
        "INSERT INTO alerts (subject, rule, level, at_ms, message, cost_nano) VALUES (?, 'limit', '80', ?, ?, 0)",
        [`s${n}`, Date.now() - 1000 + n, `cc-ledger: alert ${n}.`],
      );
    db.run("COMMIT");
    db.close();
  }

  test("is begun by an ordinary command where alerts wait", async () => {
    await alerts(1);
    expect((await home.run(["sessions"])).code).toBe(0);
    await untilArrived(1);
    await settle(() => waiting().length === 0);
  });

  test("by several processes at once posts each alert once", async () => {
    await alerts(200);
    await Promise.all([1, 2, 3, 4].map(() => home.run(["notify", "send", "--background"])));
    await settle(() => requests.length >= 200);
    expect(new Set(requests.map(({ delivery }) => delivery)).size).toBe(200);
    expect(requests).toHaveLength(200);
  });

  test("killed in the middle is taken up where it was, under the same name", async () => {
    await alerts(3);
    answer = () => (requests.length === 2 ? new Promise<Response>(() => {}) : new Response("ok"));
    const child = home.spawn(["notify", "send", "--background"]);
    await untilArrived(2);
    child.kill("SIGKILL");
    await child.exited;
    expect(waiting()).toHaveLength(2);
    const again = await home.run(["notify", "send"]);
    expect(again.out).toContain("2 posted");
    expect(requests.map(({ text }) => /alert \d/.exec(text)?.[0])).toEqual([
      "alert 0",
      "alert 1",
      "alert 1",
      "alert 2",
    ]);
    expect(requests[1]?.delivery).toBe(requests[2]?.delivery ?? "");
    expect(new Set(requests.map(({ delivery }) => delivery)).size).toBe(3);
  });

  test("that fails is told by notify, doctor and the exit code", async () => {
    await alerts(2);
    answer = () => new Response("", { status: requests.length === 1 ? 410 : 502 });
    const sent = await home.run(["notify", "send"]);
    expect(sent.code).toBe(1);
    const status = (await home.run(["notify", "status"])).out;
    expect(status).toMatch(/waiting {2}1, next attempt in/);
    expect(status).toContain("answered 502");
    expect(status).toContain("answered 410");
    const json = JSON.parse((await home.run(["notify", "--json"])).out) as Record<string, unknown>;
    expect(json).toMatchObject({
      kind: "notify",
      webhook: { to: `http://127.0.0.1:${server.port}/...`, signed: false, details: false },
      failures: 1,
      waiting: [{ rule: "limit", level: "80", attempts: 1, reason: "answered 502" }],
      givenUp: [{ reason: "answered 410" }],
    });
    const doctor = await home.run(["doctor"]);
    expect(doctor.out).toContain("1 wait for the webhook; last: answered 502");
    expect(doctor.out).toContain("1 could not be delivered; last: answered 410");
    expect(readFileSync(join(home.ledger, "cc-ledger.log"), "utf8")).toContain("gave up on limit 80");
  });
});

describe("notify test", () => {
  test("says what the receiver answered", async () => {
    await home.run(["config", "notify.webhook", url()]);
    const good = await home.run(["notify", "test"]);
    expect(good.code).toBe(0);
    expect(good.out).toMatch(/webhook {2}ok: http:\/\/127\.0\.0\.1:\d+\/\.\.\. answered 200 in/);
    expect(requests[0]?.text).toContain("cc-ledger test");
    answer = () => new Response("", { status: 404 });
    const bad = await home.run(["notify", "test"]);
    expect(bad.code).toBe(1);
    expect(bad.out).toContain("webhook  FAILED");
    expect(bad.out).toContain("answered 404");
    const json = await home.run(["notify", "test", "--json"]);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({
      kind: "notify-test",
      channels: [{ channel: "webhook", ok: false, status: 404 }],
    });
  });

  test("fails with what to do where there is nothing to test", async () => {
    const nothing = await home.run(["notify", "test"]);
    expect(nothing.code).toBe(1);
    expect(nothing.out).toContain("config notify.webhook");
    expect(requests).toHaveLength(0);
  });
});

test("config hides the address and the secret, and refuses what is no address", async () => {
  await home.run(["config", "notify.webhook", url()]);
  await home.run(["config", "notify.webhook_secret", "a long secret"]);
  for (const args of [
    ["config"],
    ["config", "--json"],
    ["config", "notify.webhook_secret"],
    ["config", "notify.webhook"],
  ]) {
    const { out, code } = await home.run(args);
    expect(code).toBe(0);
    expect(out).not.toContain("services");
    expect(out).not.toContain("a long secret");
  }
  const refused = await home.run(["config", "notify.webhook", "http://example.org/x"]);
  expect(refused.code).toBe(1);
  expect(refused.err).toContain("must be https");
  expect((await home.run(["config", "notify.webhook", ""])).code).toBe(0);
  expect((await home.run(["config", "notify.webhook"])).out).toContain("(not set)");
});
