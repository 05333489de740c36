/** Real runs that run away under a hard limit: stopped before the next call, and let on by `guard allow`. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { ledger, ledgerBinary, ledgerJson } from "../rig/ledger.ts";
import { agent, bash, makeScratch, type Scratch } from "../rig/scratch.ts";
import type { Step } from "../rig/script.ts";

setDefaultTimeout(180_000);

interface AlertsJson {
  alerts: { rule: string; level: string; sessionId: string; message: string }[];
}
interface SessionsJson {
  sessions: { sessionId: string; costNanoUsd: number; calls: number }[];
}

const LIMIT_NANO = 500_000_000;

/** Hooks installed for the installed client's version, and a hard limit per session. */
async function limited(amount = "0.50"): Promise<Scratch> {
  const scratch = await makeScratch();
  const path = process.env.PATH;
  process.env.PATH = `${join(import.meta.dir, "../../node_modules/.bin")}:${path}`;
  try {
    await ledger(["install"], scratch);
    await ledger(["budget", "set", amount, "--per", "session", "--hard"], scratch);
  } finally {
    process.env.PATH = path;
  }
  return scratch;
}

async function sessionOf(scratch: Scratch, sessionId: string): Promise<{ costNanoUsd: number; calls: number }> {
  const { sessions } = await ledgerJson<SessionsJson>(["sessions", "--since", "all"], scratch);
  const found = sessions.find((one) => one.sessionId === sessionId);
  if (found === undefined) throw new Error(`no session ${sessionId}`);
  return found;
}

async function alertsOf(scratch: Scratch): Promise<AlertsJson["alerts"]> {
  return (await ledgerJson<AlertsJson>(["alerts"], scratch)).alerts;
}

/** A step whose output costs 4 to 5 cents at the rig's usual model: ten or so reach the limit. */
const dear = (step: Step): Step => ({ ...step, usage: { output_tokens: 2_000 } });
const forever = (count: number): Step[] => Array.from({ length: count }, () => dear(bash("true")));

beforeAll(() => {
  ledgerBinary();
});

describe("a hard limit of $0.50 a session", () => {
  test("stops one tool call for ever before the next one, and guard allow lets the session go on", async () => {
    await using scratch = await limited();
    const first = await scratch.claude([...forever(100), { say: "done" }]);
    const stopped = await sessionOf(scratch, first.session_id);
    // Every call costs the same, so the one that reached the limit is known, and it is the last.
    const each = stopped.costNanoUsd / stopped.calls;
    expect(stopped.calls).toBe(Math.ceil(LIMIT_NANO / each));
    expect(scratch.mock.billed).toHaveLength(stopped.calls);
    const [denied] = (await alertsOf(scratch)).filter(({ level }) => level === "denied");
    expect(denied?.message).toContain("guard allow");
    // A prompt is held up as well.
    await scratch.claude([{ say: "again" }], { args: ["--resume", first.session_id] });
    expect(scratch.mock.billed).toHaveLength(stopped.calls);

    const said = await ledger(["guard", "allow", "--for", "1h"], scratch);
    expect(said).toContain(first.session_id);
    const resumed = await scratch.claude([...forever(3), { say: "done" }], { args: ["--resume", first.session_id] });
    expect(resumed.result).toBe("done");
    const after = await sessionOf(scratch, first.session_id);
    expect(after.calls).toBe(stopped.calls + 4);
    expect(scratch.mock.billed).toHaveLength(after.calls);
  });

  test("stops a fan-out of 30 sub-agents: none of them makes a second call after the limit", async () => {
    await using scratch = await limited();
    const workers = Array.from({ length: 30 }, () => agent([...forever(10), { say: "sub" }]));
    const result = await scratch.claude([{ tools: workers }, ...forever(20), { say: "done" }]);
    const all = await sessionOf(scratch, result.session_id);
    expect(scratch.mock.billed).toHaveLength(all.calls);
    // 30 x 10 calls were asked for. What was on its way when the limit was reached cannot be called back: one call a worker at most.
    const each = all.costNanoUsd / all.calls;
    expect(all.calls).toBeLessThanOrEqual(Math.ceil(LIMIT_NANO / each) + 31);
    const byAgent = Map.groupBy(scratch.mock.billed, ({ agentId }) => agentId);
    let spent = 0;
    const late = new Map<string, number>();
    for (const { agentId } of scratch.mock.billed) {
      if (spent >= LIMIT_NANO) late.set(agentId, (late.get(agentId) ?? 0) + 1);
      spent += each;
    }
    expect(byAgent.size).toBeGreaterThan(10);
    expect(Math.max(0, ...late.values())).toBe(1);
    expect((await alertsOf(scratch)).some(({ level }) => level === "denied")).toBe(true);
  });

  test("takes the asking hooks out again when the limit goes", async () => {
    await using scratch = await limited();
    const settings = (): Promise<string> => Bun.file(join(scratch.configDir, "settings.json")).text();
    expect(await settings()).toContain("pre-tool-use");
    await ledger(["budget", "rm", "1"], scratch);
    expect(await settings()).not.toContain("pre-tool-use");
    const result = await scratch.claude([...forever(15), { say: "done" }]);
    expect(result.result).toBe("done");
  });
});

test("a guard that hangs or crashes lets the agent go on", async () => {
  for (const trouble of ["sleep 60", "kill -SEGV $$", "echo nonsense; exit 1"]) {
    await using scratch = await limited();
    const broken = join(scratch.root, "cc-ledger");
    await Bun.write(broken, `#!/bin/sh\n${trouble}\n`);
    chmodSync(broken, 0o755);
    const path = join(scratch.configDir, "settings.json");
    const settings = await Bun.file(path).text();
    // As the installer writes it, but for a guard in trouble and less patience with it.
    await Bun.write(path, settings.replaceAll(ledgerBinary(), broken).replaceAll('"timeout": 5', '"timeout": 1'));
    const result = await scratch.claude([bash("true"), { say: "done" }]);
    expect(result.result).toBe("done");
  }
});

test("a rule that denies stops a loop without any limit", async () => {
  await using scratch = await limited("1000");
  await ledger(["config", "guard.repetition", "deny"], scratch);
  const result = await scratch.claude([...forever(100), { say: "done" }]);
  const { calls } = await sessionOf(scratch, result.session_id);
  // The twentieth same call is one too many; the transcript may lag by two.
  expect(calls).toBeGreaterThanOrEqual(20);
  expect(calls).toBeLessThanOrEqual(23);
  const denied = (await alertsOf(scratch)).filter(({ rule }) => rule === "repetition");
  expect(denied.length).toBeGreaterThan(0);
});
