import type { Database } from "bun:sqlite";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { raiseAlerts } from "../../src/ledger/alerts.ts";
import { settingOf, writeSetting } from "../../src/ledger/config.ts";
import { openBook } from "../../src/ledger/open.ts";
import type { DeliveryWorld } from "../../src/notify/deliver.ts";
import { NOTIFY_SETTINGS } from "../../src/notify/settings.ts";
import { type LedgerPaths, ledgerPaths } from "../../src/platform/paths.ts";

/** A ledger with alerts, a receiver on loopback, and a clock that a test moves. */

export interface Received {
  delivery: string;
  timestamp: string;
  signature: string | null;
  type: string | null;
  path: string;
  body: string;
}

export const START_MS = Date.UTC(2026, 10, 23, 10, 0, 0);

export class Scene {
  readonly dir = mkdtempSync(join(tmpdir(), "cc-ledger-notify-"));
  readonly paths: LedgerPaths = ledgerPaths({ CC_LEDGER_HOME: join(this.dir, "ledger") });
  readonly db: Database = openBook(this.paths.db, { busyTimeoutMs: 5_000, allowReadOnly: false }).db;
  readonly received: Received[] = [];
  /** How the receiver answers; a test replaces it. */
  answer: (request: Received) => Response | Promise<Response> = () => new Response("ok");
  readonly server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const received = {
        delivery: request.headers.get("x-cc-ledger-delivery") ?? "",
        timestamp: request.headers.get("x-cc-ledger-timestamp") ?? "",
        signature: request.headers.get("x-cc-ledger-signature"),
        type: request.headers.get("content-type"),
        path: new URL(request.url).pathname,
        body: await request.text(),
      };
      this.received.push(received);
      return this.answer(received);
    },
  });
  nowMs = START_MS;
  /** Requests that left the program, arrived or not. */
  requests = 0;

  get url(): string {
    return `http://127.0.0.1:${this.server.port}/hook/secret-part`;
  }

  set(key: string, value: string): void {
    writeSetting(this.db, settingOf(key, NOTIFY_SETTINGS), value);
  }

  world(more: Partial<DeliveryWorld> = {}): DeliveryWorld {
    return {
      env: { PATH: process.env.PATH ?? "", CC_LEDGER_NO_DESKTOP: "1" },
      platform: "linux",
      now: () => this.nowMs,
      random: () => 0.5,
      timeoutMs: 5_000,
      fetch: (url, init) => {
        this.requests++;
        return fetch(url, init);
      },
      ...more,
    };
  }

  /** Lets the guard say something. */
  say(subject: string, level: string, more: { message?: string; atMs?: number; sessionId?: number } = {}): void {
    raiseAlerts(this.db, [
      {
        subject,
        rule: "limit",
        level,
        atMs: more.atMs ?? this.nowMs,
        sessionId: more.sessionId ?? null,
        promptId: null,
        budgetId: null,
        message: more.message ?? `cc-ledger: $${subject} spent today.`,
        costNano: 4_200_000_000,
      },
    ]);
  }

  /** A session whose alerts have something to keep to themselves. */
  session(): number {
    this.db.run("INSERT INTO agents (name) VALUES ('claude-code') ON CONFLICT DO NOTHING");
    this.db.run("INSERT INTO repos (id, identity, name) VALUES (7, '/home/ann/work/shop/.git', 'shop')");
    this.db.run(
      `INSERT INTO sessions (id, agent_id, session_id, cwd, repo_id, title)
       VALUES (9, (SELECT id FROM agents), '0f0f0f0f-1111-4222-8333-444444444444', '/home/ann/work/shop', 7, 'the secret merger')`,
    );
    return 9;
  }

  advance(ms: number): void {
    this.nowMs += ms;
  }

  log(): string {
    try {
      return readFileSync(this.paths.log, "utf8");
    } catch {
      return "";
    }
  }

  async remove(): Promise<void> {
    await this.server.stop(true);
    this.db.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A `notify-send` that writes down what it was given: one argument a line, with a NUL after each call. */
export function fakeNotifier(dir: string, code = 0): { bin: string; calls: () => string[][] } {
  const bin = join(dir, "bin");
  const record = join(dir, "notes");
  mkdirSync(bin, { recursive: true });
  const path = join(bin, "notify-send");
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$@" >>'${record}'\nprintf '\\0' >>'${record}'\nexit ${code}\n`);
  chmodSync(path, 0o755);
  return {
    bin,
    calls: () => {
      try {
        return readFileSync(record, "utf8")
          .split("\0")
          .filter((call) => call !== "")
          .map((call) => call.replace(/\n$/, "").split("\n"));
      } catch {
        return [];
      }
    },
  };
}
