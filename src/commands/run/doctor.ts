import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { hookStatus } from "../../agents/claude-code/install/status.ts";
import { configDirs } from "../../agents/claude-code/layout.ts";
import type { CatchUp } from "../../ledger/catchup.ts";
import { SCHEMA_VERSION } from "../../ledger/open.ts";
import { messageOf } from "../../platform/errors.ts";
import type { LedgerPaths } from "../../platform/paths.ts";
import { envelope } from "../../render/json.ts";
import { formatCount, formatPercent, formatUsd } from "../../render/numbers.ts";
import { printable } from "../../render/width.ts";
import { writeOut } from "../../render/write.ts";
import { type BookHealth, bookHealth, type Check } from "../../reports/doctor.ts";
import { type Context, withLedger } from "../context.ts";
import type { DoctorFlags } from "../doctor.ts";
import { deliveryChecks } from "../output/deliveryChecks.ts";
import { coverageJson } from "../output/statsJson.ts";

export async function run(this: Context, flags: DoctorFlags): Promise<void> {
  await withLedger(this, async ({ db, paths, prices, caughtUp }) => {
    const health = bookHealth(db);
    const checks = [
      {
        name: "book",
        status: "ok" as const,
        finding: `${paths.db}, schema ${SCHEMA_VERSION}, ${formatSize(bookBytes(paths))}`,
        advice: "",
      },
      ...health.checks,
      ...permissions(paths),
      ...history(health, caughtUp),
      ...money(health),
      ...hooks(this),
      ...spool(paths),
      ...deliveryChecks(this, db, paths),
      {
        name: "prices",
        status: "ok" as const,
        finding: `table ${prices.version}${existsSync(paths.pricing) ? `, with ${paths.pricing}` : ""}`,
        advice: "",
      },
    ];
    if (checks.some((check) => check.status === "fail")) this.process.exitCode = 1;
    if (flags.json) {
      const { coverage, checks: _checks, ...rest } = health;
      await writeOut(
        envelope(
          "doctor",
          { coverage: coverageJson(coverage), ...rest, roots: caughtUp?.roots ?? [], checks },
          this.now(),
        ),
      );
    } else await writeOut(checks.map(line).join(""));
  });
}

function line({ name, status, finding, advice }: Check): string {
  const mark = { ok: "ok  ", note: "note", warn: "WARN", fail: "FAIL" }[status];
  return `${mark}  ${name.padEnd(13)} ${printable(finding)}\n${advice === "" ? "" : `${" ".repeat(20)}-> ${advice}\n`}`;
}

/** Size of the book with its log. */
function bookBytes({ db }: LedgerPaths): number {
  return statSync(db).size + (statSync(`${db}-wal`, { throwIfNoEntry: false })?.size ?? 0);
}

function formatSize(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function permissions({ home, db }: LedgerPaths): Check[] {
  const loose = [home, db].filter((path) => (statSync(path).mode & 0o077) !== 0);
  return loose.length === 0 || process.platform === "win32"
    ? [{ name: "permissions", status: "ok", finding: "only you can read the book", advice: "" }]
    : [
        {
          name: "permissions",
          status: "warn",
          finding: `others can read ${loose.join(" and ")}`,
          advice: `chmod go= ${loose.join(" ")}`,
        },
      ];
}

function history(health: BookHealth, caughtUp: CatchUp | null): Check[] {
  const { coverage } = health;
  const checks: Check[] = [];
  const roots = caughtUp?.roots ?? [];
  if (roots.length === 0) {
    checks.push({
      name: "history",
      status: "warn",
      finding: "no Claude Code history was found",
      advice: "Set CLAUDE_CONFIG_DIR if it lives elsewhere; `cc-ledger demo` shows what to expect.",
    });
  } else {
    const gone =
      coverage.filesGone === 0 ? "" : `; ${coverage.filesGone} of them are gone since, what they said is kept`;
    checks.push({
      name: "history",
      status: "ok",
      finding: `${coverage.files} files, ${formatCount(health.lines)} lines from ${roots.join(", ")}${gone}`,
      advice: "",
    });
  }
  for (const { path, message } of caughtUp?.problems ?? []) {
    checks.push({
      name: "unreadable",
      status: "warn",
      finding: `${path}: ${message}`,
      advice: "Make it readable, then run any command again.",
    });
  }
  const bad = [
    [coverage.brokenLines, "broken lines"],
    [coverage.absurdLines, "lines with nonsense counts"],
    [health.oversizedLines, "lines too long to read"],
    [health.unfinishedFiles, "files that end in an unfinished line"],
  ].filter(([count]) => (count as number) > 0);
  if (bad.length > 0) {
    checks.push({
      name: "lines",
      status: "note",
      finding: `kept out: ${bad.map(([count, what]) => `${count} ${what}`).join(", ")}`,
      advice: "",
    });
  }
  const unknown = Object.entries(health.unknownTypes);
  if (unknown.length > 0) {
    const names = unknown
      .slice(0, 8)
      .map(([type, count]) => `${type} (${count})`)
      .join(", ");
    checks.push({
      name: "unknown lines",
      status: "note",
      finding: names,
      advice: "A newer client writes them; an update of cc-ledger may know more.",
    });
  }
  return checks;
}

function money(health: BookHealth): Check[] {
  const { coverage, unpriced } = health;
  const checks: Check[] = [];
  if (unpriced.length > 0) {
    checks.push({
      name: "unpriced",
      status: "warn",
      finding: unpriced.map(({ model, calls }) => `${model} (${calls} calls)`).join(", "),
      advice: "Add them to pricing.toml (docs/prices.md), then `cc-ledger reprice --apply`.",
    });
  }
  const lower = coverage.lowerBoundCalls;
  if (lower > 0) {
    checks.push({
      name: "lower bounds",
      status: "note",
      finding: `${formatCount(lower)} calls (${formatPercent(lower / Math.max(1, health.calls))}) never got a final output count: their cost is at least what is shown`,
      advice: "",
    });
  }
  if (health.callsWithUnclassedWrites > 0) {
    checks.push({
      name: "cache writes",
      status: "note",
      finding: `${health.callsWithUnclassedWrites} calls do not say how long they cached for; taken as 5 minutes`,
      advice: "",
    });
  }
  if (coverage.residualNanoUsd > 0) {
    checks.push({
      name: "not in logs",
      status: "note",
      finding: `${formatUsd(coverage.residualNanoUsd)} more by the client's own count in ${coverage.reportedSessions} sessions: compaction, web search and title calls are never written down`,
      advice: "",
    });
  }
  return checks;
}

function hooks(context: Context): Check[] {
  return configDirs(context.env)
    .filter((dir) => existsSync(dir))
    .flatMap((dir): Check[] => {
      const path = join(dir, "settings.json");
      const text = existsSync(path) ? readFileSync(path, "utf8") : "{}";
      try {
        const status = hookStatus(text);
        const retention = [...statuslineCheck(status.statusline), retentionOf(text)];
        if (status.disableAllHooks)
          return [
            {
              name: "hooks",
              status: "warn",
              finding: `${path} switches all hooks off`,
              advice: "Remove disableAllHooks.",
            },
            ...retention,
          ];
        if (status.wired.length === 0 && /"cc-ledger@[^"]*"\s*:\s*true/.test(text))
          return [
            {
              name: "hooks",
              status: "ok",
              finding: "those of the plugin",
              advice: "Hard limits need `cc-ledger install` as well.",
            },
            ...retention,
          ];
        if (status.wired.length === 0)
          return [
            {
              name: "hooks",
              status: "note",
              finding: `not wired in ${path}`,
              advice: "`cc-ledger install`: then new turns land the moment they happen.",
            },
            ...retention,
          ];
        if (status.problem !== null) {
          return [
            {
              name: "hooks",
              status: "warn",
              finding: `${path}: ${status.problem}`,
              advice: "The client may pass over the whole file.",
            },
            ...retention,
          ];
        }
        const missing = status.binaryPaths.filter((binary) => !existsSync(binary));
        if (missing.length > 0)
          return [
            {
              name: "hooks",
              status: "fail",
              finding: `they start ${missing.join(", ")}, which does not exist`,
              advice: "`cc-ledger install` again.",
            },
            ...retention,
          ];
        return [
          {
            name: "hooks",
            status: "ok",
            finding: `${status.wired.length} events in ${path}${status.missing.length === 0 ? "" : `; without ${status.missing.join(", ")}`}`,
            advice: "",
          },
          ...retention,
        ];
      } catch (error) {
        return [{ name: "hooks", status: "warn", finding: `${path}: ${messageOf(error)}`, advice: "" }];
      }
    });
}

/** The statusline, where it is ours. */
function statuslineCheck(binary: string | null): Check[] {
  if (binary === null) return [];
  return existsSync(binary)
    ? [{ name: "statusline", status: "ok", finding: `starts ${binary}`, advice: "" }]
    : [
        {
          name: "statusline",
          status: "fail",
          finding: `it starts ${binary}, which does not exist`,
          advice: "`cc-ledger install --statusline` again.",
        },
      ];
}

function retentionOf(settings: string): Check {
  const days = Number(/"cleanupPeriodDays"\s*:\s*(\d+)/.exec(settings)?.[1] ?? 30);
  return {
    name: "retention",
    status: "ok",
    finding: `Claude Code deletes transcripts after ${days} days; the ledger keeps what they said`,
    advice: "",
  };
}

function spool(paths: LedgerPaths): Check[] {
  const names = existsSync(paths.spool) ? readdirSync(paths.spool) : [];
  const waiting = names.filter((name) => name.endsWith(".json")).length;
  const bad = names.filter((name) => name.endsWith(".bad")).length;
  const checks: Check[] = [];
  if (waiting > 0)
    checks.push({
      name: "spool",
      status: "note",
      finding: `${waiting} payloads wait`,
      advice: "The next command files them.",
    });
  if (bad > 0)
    checks.push({
      name: "spool",
      status: "warn",
      finding: `${bad} payloads could not be read`,
      advice: `See ${paths.spool}/*.bad`,
    });
  if (existsSync(paths.log)) {
    const lines = readFileSync(paths.log, "utf8").trimEnd().split("\n");
    checks.push({
      name: "log",
      status: "note",
      finding: `${lines.length} lines, the last: ${(lines.at(-1) ?? "").slice(0, 160)}`,
      advice: `See ${paths.log}`,
    });
  }
  return checks;
}
