import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deliverAlerts } from "../../src/notify/deliver.ts";
import { readPause } from "../../src/notify/pause.ts";
import { Queue } from "../../src/notify/queue.ts";
import { fakeNotifier, Scene, START_MS } from "./scene.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene.remove());

const deliver = (insist = false): ReturnType<typeof deliverAlerts> =>
  deliverAlerts(scene.paths, scene.world(), { insist });
const queue = (): Queue => new Queue(scene.paths, () => {});

describe("without a webhook", () => {
  test("no request leaves, and the alert stays in the book", async () => {
    scene.say("1.00", "80");
    expect(await deliver()).toEqual({ busy: false, posted: 0, waiting: 0, givenUp: 0 });
    expect(scene.requests).toBe(0);
    expect(scene.db.query("SELECT sent_ms FROM alerts").get()).toEqual({ sent_ms: null });
  });
});

describe("a post", () => {
  test("has the shape that Slack takes, is signed, and says who and how much but not what was worked on", async () => {
    scene.set("notify.webhook", scene.url);
    scene.set("notify.webhook_secret", "a key of ours");
    scene.say("limit 1 2026-11-23", "80", {
      sessionId: scene.session(),
      message: "cc-ledger: $8.00 spent today & more <!channel> (limit $10.00 a day).",
    });
    expect(await deliver()).toEqual({ busy: false, posted: 1, waiting: 0, givenUp: 0 });
    const [request] = scene.received;
    if (request === undefined) throw new Error("nothing arrived");
    expect(request.path).toBe("/hook/secret-part");
    expect(request.type).toBe("application/json; charset=utf-8");
    expect(request.timestamp).toBe(String(START_MS / 1000));
    // Worked out by another implementation of HMAC.
    const expected = createHmac("sha256", "a key of ours")
      .update(`v0:${request.timestamp}:${request.body}`)
      .digest("hex");
    expect(request.signature).toBe(`v0=${expected}`);
    expect(request.delivery).toMatch(/^[0-9a-f]{32}$/);
    expect(JSON.parse(request.body)).toEqual({
      text: "cc-ledger limit 80 %: $8.00 spent today &amp; more &lt;!channel&gt; (limit $10.00 a day). (repo shop, session 0f0f0f0f, $4.20 so far, 2026-11-23 10:00 UTC)",
      blocks: [
        {
          type: "section",
          text: {
            type: "plain_text",
            text: "cc-ledger limit 80 %\n$8.00 spent today & more <!channel> (limit $10.00 a day).",
            emoji: false,
          },
        },
        {
          type: "context",
          elements: [
            {
              type: "plain_text",
              text: "repo shop | session 0f0f0f0f | $4.20 so far | 2026-11-23 10:00 UTC",
              emoji: false,
            },
          ],
        },
      ],
    });
    expect(request.body).not.toContain("merger");
    expect(request.body).not.toContain("/home/ann");
  });

  test("names title and folder where a person asked for details, and is not signed without a secret", async () => {
    scene.set("notify.webhook", scene.url);
    scene.set("notify.details", "true");
    scene.say("1.00", "80", { sessionId: scene.session() });
    await deliver();
    expect(scene.received[0]?.body).toContain("title the secret merger, folder /home/ann/work/shop");
    expect(scene.received[0]?.signature).toBeNull();
  });

  test("goes out once, however often delivery runs", async () => {
    scene.set("notify.webhook", scene.url);
    scene.say("1.00", "80");
    scene.say("1.00", "80");
    scene.say("1.00", "100");
    await deliver();
    await deliver();
    expect(scene.received).toHaveLength(2);
  });
});

describe("a webhook that is down for a day", () => {
  test("gets everything when it is up again, in order, and is asked seldom meanwhile", async () => {
    scene.set("notify.webhook", scene.url);
    scene.answer = () => new Response("down", { status: 503 });
    for (let n = 0; n < 5; n++) scene.say(`alert ${n}`, "80", { atMs: START_MS + n });
    scene.advance(1000);
    // Something runs every half minute, later every ten minutes.
    const attempts: number[] = [];
    for (
      const end = START_MS + DAY;
      scene.nowMs < end;
      scene.advance(scene.nowMs < START_MS + 3 * HOUR ? 30_000 : 10 * MINUTE)
    ) {
      const before = scene.requests;
      await deliver();
      if (scene.requests > before) attempts.push(scene.nowMs);
    }
    // 30 s, doubled: 30, 60, ... 1920 s (seven pauses), then an hour each; at most one more than fits into the day.
    expect(attempts.length).toBeGreaterThan(25);
    expect(attempts.length).toBeLessThanOrEqual(8 + 24);
    const pauses = attempts.slice(1).map((at, n) => Math.round((at - (attempts[n] ?? 0)) / 1000));
    expect(pauses.slice(0, 8)).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600]);
    expect(queue().waiting()).toHaveLength(5);
    expect(
      scene
        .log()
        .split("\n")
        .filter((line) => line.includes("tried again")),
    ).toHaveLength(1);

    scene.answer = () => new Response("ok");
    scene.received.length = 0;
    scene.advance(HOUR);
    expect(await deliver()).toEqual({ busy: false, posted: 5, waiting: 0, givenUp: 0 });
    const texts = scene.received.map(({ body }) => (JSON.parse(body) as { text: string }).text);
    expect(texts.map((text) => /alert (\d)/.exec(text)?.[1])).toEqual(["0", "1", "2", "3", "4"]);
    expect(readPause(scene.paths)).toBeNull();
    expect(await deliver()).toEqual({ busy: false, posted: 0, waiting: 0, givenUp: 0 });
  });

  test("a new alert is tried at once, and so is all that waits if a person insists", async () => {
    scene.set("notify.webhook", scene.url);
    scene.answer = () => new Response("", { status: 500 });
    scene.say("one", "80");
    await deliver();
    await deliver();
    expect(scene.requests).toBe(1);
    scene.say("two", "80");
    await deliver();
    expect(scene.requests).toBe(3);
    scene.answer = () => new Response("ok");
    expect((await deliver()).posted).toBe(0);
    expect((await deliver(true)).posted).toBe(2);
  });

  test("keeps 500 posts, the newest, for seven days; what goes is named", async () => {
    scene.set("notify.webhook", scene.url);
    scene.answer = () => new Response("", { status: 500 });
    for (let n = 0; n < 620; n++) scene.say(`alert ${n}`, "80", { atMs: START_MS - 620 + n });
    await deliver();
    // The second that fails says that it is the receiver.
    expect(scene.requests).toBe(2);
    const waiting = queue().waiting();
    expect(waiting).toHaveLength(500);
    expect(waiting[0]?.atMs).toBe(START_MS - 500);
    // In two batches, since alerts are taken over a hundred at a time.
    expect(scene.log()).toContain("gave up on 100 posts: more than 500 wait");
    expect(scene.log()).toContain("gave up on 20 posts: more than 500 wait");
    // What was given up is kept to be looked at, a hundred of it.
    expect(queue().givenUp()).toHaveLength(100);
    scene.advance(7 * DAY + 1);
    await deliver();
    expect(queue().waiting()).toHaveLength(0);
    expect(readPause(scene.paths)).toBeNull();
    expect(scene.log()).toContain("gave up on 500 posts: waited for 7 days");
    expect(queue().givenUp()[0]?.reason).toBe("waited for 7 days; never tried");
  });
});

describe("answers", () => {
  test("a post that is refused is given up, named, and does not hold up the others", async () => {
    for (const status of [400, 401, 403, 404, 410]) {
      scene.set("notify.webhook", scene.url);
      scene.answer = () => new Response("", { status });
      scene.say(`with ${status}`, "80");
      expect(await deliver()).toEqual({ busy: false, posted: 0, waiting: 0, givenUp: 1 });
      scene.advance(1);
    }
    expect(
      queue()
        .givenUp()
        .map(({ reason }) => reason),
    ).toEqual([400, 401, 403, 404, 410].map((status) => `answered ${status}`));
    scene.advance(31 * DAY);
    scene.answer = () => new Response("", { status: 418 });
    scene.say("later", "80");
    await deliver();
    expect(queue().givenUp()).toHaveLength(1);
  });

  test("408, 429 and 5xx are tried again; Retry-After is kept to, also when something new comes", async () => {
    scene.set("notify.webhook", scene.url);
    scene.answer = () => new Response("", { status: 429, headers: { "retry-after": "7200" } });
    scene.say("one", "80");
    await deliver();
    scene.say("two", "80");
    scene.advance(2 * HOUR - 1);
    await deliver();
    await deliver(true);
    expect(scene.requests).toBe(1);
    scene.answer = () => new Response("", { status: 408 });
    scene.advance(1);
    await deliver();
    expect(scene.requests).toBe(3);
    // A date; less than the usual pause does not shorten it.
    scene.advance(HOUR);
    scene.answer = () =>
      new Response("", { status: 503, headers: { "retry-after": new Date(scene.nowMs + 10_000).toUTCString() } });
    await deliver();
    expect(readPause(scene.paths)).toEqual({ failures: 3, nextMs: scene.nowMs + 2 * MINUTE, asked: true });
    scene.answer = () => new Response("", { status: 204 });
    scene.advance(2 * MINUTE);
    expect((await deliver()).posted).toBe(2);
  });

  test("a post that always fails does not keep others from being delivered", async () => {
    scene.set("notify.webhook", scene.url);
    scene.answer = ({ body }) => new Response("", { status: body.includes("poison") ? 500 : 200 });
    scene.say("poison", "80");
    scene.advance(1);
    scene.say("wholesome", "80");
    expect(await deliver()).toEqual({ busy: false, posted: 1, waiting: 1, givenUp: 0 });
    // Left alone it is tried ever more seldom.
    expect(readPause(scene.paths)?.nextMs).toBe(scene.nowMs + 30_000);
    scene.advance(30_000);
    expect(await deliver()).toMatchObject({ posted: 0, waiting: 1 });
    expect(readPause(scene.paths)?.nextMs).toBe(scene.nowMs + MINUTE);
  });

  test("redirects are followed on the same host only", async () => {
    scene.set("notify.webhook", scene.url);
    let strangers = 0;
    const stranger = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => {
        strangers++;
        return new Response("ok");
      },
    });
    try {
      scene.answer = ({ path }) =>
        path === "/moved" ? new Response("ok") : new Response("", { status: 308, headers: { location: "/moved" } });
      scene.say("one", "80");
      expect((await deliver()).posted).toBe(1);
      expect(scene.received.map(({ path }) => path)).toEqual(["/hook/secret-part", "/moved"]);
      expect(scene.received[0]?.body).toBe(scene.received[1]?.body);
      for (const [status, location] of [
        [307, `http://127.0.0.1:${stranger.port}/`],
        [302, "/moved"],
        [308, "/again"],
      ] as const) {
        scene.advance(1);
        scene.answer = () => new Response("", { status, headers: { location } });
        scene.say(`with ${status}`, "80");
        expect((await deliver()).givenUp).toBe(1);
      }
      expect(strangers).toBe(0);
      expect(
        queue()
          .givenUp()
          .map(({ reason }) => reason),
      ).toEqual([
        `307 redirects to http://127.0.0.1:${stranger.port}, which is not followed`,
        "302 redirects and would drop what is posted",
        "more than 3 redirects",
      ]);
    } finally {
      await stranger.stop(true);
    }
  });

  test("a receiver that does not answer, or is not there, is tried again", async () => {
    scene.set("notify.webhook", scene.url);
    scene.say("one", "80");
    scene.answer = () => new Promise<Response>(() => {});
    await deliverAlerts(scene.paths, scene.world({ timeoutMs: 20 }));
    expect(queue().waiting()[0]?.reason).toBe("no answer within 0.02 s");
    scene.set("notify.webhook", "http://127.0.0.1:1/");
    await deliver(true);
    expect(queue().waiting()[0]?.attempts).toBe(2);
    expect(queue().waiting()[0]?.reason).toMatch(/^cannot be reached \(\w*REFUSED\)$/i);
  });

  test("what the receiver writes is not read", async () => {
    scene.set("notify.webhook", scene.url);
    scene.answer = () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
        }),
      );
    scene.say("one", "80");
    expect((await deliver()).posted).toBe(1);
  });
});

describe("many at once", () => {
  test("a thousand alerts are a thousand posts, though four deliver at the same time", async () => {
    scene.set("notify.webhook", scene.url);
    for (let n = 0; n < 500; n++) for (const level of ["80", "100"]) scene.say(`alert ${n}`, level);
    const results = await Promise.all([deliver(), deliver(), deliver(), deliver()]);
    expect(results.filter(({ busy }) => busy)).toHaveLength(3);
    expect(scene.received).toHaveLength(1000);
    expect(new Set(scene.received.map(({ delivery }) => delivery)).size).toBe(1000);
  }, 30_000);

  test("an alert that comes while another process delivers is delivered by that one", async () => {
    scene.set("notify.webhook", scene.url);
    let other: Awaited<ReturnType<typeof deliver>> | undefined;
    scene.answer = async () => {
      if (other === undefined) {
        scene.say("late", "80");
        other = await deliver();
      }
      return new Response("ok");
    };
    scene.say("early", "80");
    expect(await deliver()).toMatchObject({ posted: 2 });
    expect(other).toMatchObject({ busy: true, posted: 0 });
  });

  test("a run that takes too long leaves the rest to the next, which need not wait", async () => {
    scene.set("notify.webhook", scene.url);
    scene.answer = () => {
      scene.advance(MINUTE);
      return new Response("ok");
    };
    for (let n = 0; n < 5; n++) scene.say(`alert ${n}`, "80");
    expect(await deliver()).toMatchObject({ posted: 2, waiting: 3 });
    expect(await deliver()).toMatchObject({ posted: 2, waiting: 1 });
  });
});

describe("trouble", () => {
  test("a broken file is set aside and named, the others go out", async () => {
    scene.set("notify.webhook", scene.url);
    scene.answer = () => new Response("", { status: 500 });
    scene.say("one", "80");
    await deliver();
    const folder = join(scene.paths.spool, "notify");
    writeFileSync(join(folder, "00000000000001-cut.json"), '{"delivery":"cu');
    writeFileSync(join(folder, "00000000000002-odd.json"), '{"delivery":"odd"}');
    writeFileSync(join(folder, "webhook.state"), '{"failu');
    scene.answer = () => new Response("ok");
    expect((await deliver()).posted).toBe(1);
    expect(readdirSync(folder).filter((name) => name.endsWith(".bad"))).toHaveLength(2);
    expect(scene.log()).toContain("holds no post");
  });

  test("a damaged book keeps nothing from the files; they wait for a good one", async () => {
    scene.set("notify.webhook", scene.url);
    scene.answer = () => new Response("", { status: 500 });
    scene.say("one", "80");
    await deliver();
    scene.db.close();
    const good = readFileSync(scene.paths.db);
    writeFileSync(scene.paths.db, "no database at all, but long enough to be taken for one by nobody");
    scene.advance(HOUR);
    expect(await deliver()).toMatchObject({ posted: 0 });
    expect(queue().waiting()).toHaveLength(1);
    writeFileSync(scene.paths.db, good);
  });

  test("only you can read what waits", async () => {
    scene.set("notify.webhook", scene.url);
    scene.answer = () => new Response("", { status: 500 });
    scene.say("one", "80");
    await deliver();
    const folder = join(scene.paths.spool, "notify");
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder).filter((one) => one !== "lock"))
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  test("a webhook gets nothing that was said more than seven days ago", async () => {
    scene.set("notify.webhook", scene.url);
    scene.say("old", "80", { atMs: START_MS - 7 * DAY });
    expect((await deliver()).posted).toBe(0);
    expect(existsSync(join(scene.paths.spool, "notify", "webhook.state"))).toBe(false);
  });
});

describe("the desktop", () => {
  const HOSTILE = "cc-ledger: $(touch /tmp/x) `id` \"; rm -rf ~' --help\n<b onclick=1>&\u001b[31m\u202e";
  const onDesktop = (bin: string): ReturnType<typeof deliverAlerts> =>
    deliverAlerts(scene.paths, scene.world({ env: { PATH: `${bin}:/usr/bin:/bin`, DISPLAY: ":9" } }));

  test("shows an alert once, its text as an argument and as nothing else", async () => {
    const { bin, calls } = fakeNotifier(scene.dir);
    scene.say("one", "80", { message: HOSTILE, sessionId: scene.session() });
    await onDesktop(bin);
    await onDesktop(bin);
    expect(calls()).toEqual([
      [
        "--app-name=cc-ledger",
        "--",
        "cc-ledger: limit 80 % (shop)",
        "$(touch /tmp/x) `id` \"; rm -rf ~' --help &lt;b onclick=1&gt;&amp;",
      ],
    ]);
    expect(scene.requests).toBe(0);
  });

  test("is never flooded, and not told what is no news", async () => {
    const { bin, calls } = fakeNotifier(scene.dir);
    scene.say("old", "80", { atMs: START_MS - 2 * HOUR });
    for (let n = 0; n < 40; n++) scene.say(`alert ${n}`, "80");
    await onDesktop(bin);
    expect(calls().map((call) => call[2])).toEqual([
      "cc-ledger: limit 80 %",
      "cc-ledger: limit 80 %",
      "cc-ledger: 38 more alerts",
    ]);
  });

  test("that fails is written into the log and nothing else", async () => {
    const { bin } = fakeNotifier(scene.dir, 3);
    scene.set("notify.webhook", scene.url);
    scene.say("one", "80");
    expect(await onDesktop(bin)).toMatchObject({ posted: 1 });
    expect(scene.log()).toContain("notify-send ended with 3");
  });

  test("is left alone where a person said so", async () => {
    const { bin, calls } = fakeNotifier(scene.dir);
    scene.set("notify.desktop", "false");
    scene.say("one", "80");
    await onDesktop(bin);
    expect(calls()).toEqual([]);
  });
});
