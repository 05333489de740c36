import { realpathSync } from "node:fs";
import { readSetting } from "../../ledger/config.ts";
import { explain, isBusy } from "../../ledger/open.ts";
import { type App, formatFor } from "../../menubar/apps.ts";
import { argos } from "../../menubar/argos.ts";
import { errorMenu, menuOf } from "../../menubar/glanceMenu.ts";
import { type Menu, safeHref } from "../../menubar/menu.ts";
import { keptVariables } from "../../menubar/plugin.ts";
import { swiftbar } from "../../menubar/swiftbar.ts";
import { waybar } from "../../menubar/waybar.ts";
import { xbar } from "../../menubar/xbar.ts";
import { messageOf, UserError } from "../../platform/errors.ts";
import { logLine } from "../../platform/log.ts";
import { ledgerPaths } from "../../platform/paths.ts";
import { timeZoneOf } from "../../platform/time.ts";
import { envelope } from "../../render/json.ts";
import { writeOut } from "../../render/write.ts";
import { ACTIVE_MINUTES, type Glance, glanceReport } from "../../reports/glance.ts";
import { type Context, type OpenLedger, withLedger } from "../context.ts";
import { withDefaults } from "../flags.ts";
import type { MenubarAction, MenubarFlags } from "../menubar.ts";
import { glanceJson } from "../output/glanceJson.ts";

const RENDER: Readonly<Record<App, (menu: Menu) => string>> = { swiftbar, xbar, argos, waybar };
const MAX_ACTIVE_MINUTES = 1440;

export async function run(this: Context, flags: MenubarFlags, action: MenubarAction = "show"): Promise<void> {
  if (action !== "show") {
    const { install } = await import("./menubarInstall.ts");
    return install.call(this, flags, action);
  }
  const minutes = flags.activeMinutes ?? ACTIVE_MINUTES;
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > MAX_ACTIVE_MINUTES)
    throw new UserError(`--active-minutes must be a whole number from 1 to ${MAX_ACTIVE_MINUTES}, but is ${minutes}`);
  const format = flags.format ?? formatFor(this.env, this.process.platform);
  if (format === "json") {
    await withLedger(this, async (ledger) => {
      const { glance, menu } = lookAt(this, ledger, flags, null);
      await writeOut(envelope("menubar", { title: menu.title, ...glanceJson(glance) }, this.now()));
    });
    return;
  }
  const menu = await menuInAnyCase(this, flags);
  // Menu bars take any other code for a broken plugin and show nothing of what it says.
  this.process.exitCode = 0;
  await writeOut(RENDER[format](menu));
}

/** The menu, or one that says what is wrong and what to do. Where another process writes into the book, it is read as it stands. */
async function menuInAnyCase(context: Context, flags: MenubarFlags): Promise<Menu> {
  try {
    try {
      return await withLedger(context, (ledger) => lookAt(context, ledger, flags, ledger.book.readOnlyReason).menu);
    } catch (error) {
      if (!isBusy(error)) throw error;
      const notice = "Another process is writing; these figures may be behind";
      return await withLedger(context, (ledger) => lookAt(context, ledger, flags, notice).menu, { catchUp: false });
    }
  } catch (error) {
    return troubleMenu(context, error);
  }
}

function troubleMenu(context: Context, error: unknown): Menu {
  const program = programOf(context);
  try {
    const paths = ledgerPaths(context.env);
    const known = error instanceof UserError ? error : explain(paths.db, error);
    if (known instanceof UserError) return errorMenu(known.message, known.hint, program);
    logLine(paths.log, context.now(), `menubar: ${known.stack ?? known.message}`);
    return errorMenu(known.message, `${paths.log} has the details.`, program);
  } catch (other) {
    return errorMenu(messageOf(other), other instanceof UserError ? other.hint : undefined, program);
  }
}

function lookAt(
  context: Context,
  { db }: OpenLedger,
  flags: MenubarFlags,
  notice: string | null,
): { glance: Glance; menu: Menu } {
  const { timezone } = withDefaults({ timezone: flags.timezone }, readSetting(db, "timezone"));
  const glance = glanceReport(db, {
    nowMs: context.now(),
    timeZone: timeZoneOf(timezone),
    activeMinutes: flags.activeMinutes ?? ACTIVE_MINUTES,
  });
  const dashboard = readSetting(db, "dashboard.url");
  const menu = menuOf(glance, {
    program: programOf(context),
    dashboardUrl: dashboard === null ? null : safeHref(dashboard),
    notice,
  });
  return { glance, menu };
}

/** How a terminal starts this program so that it means the same book: menu bars' terminals know nothing of the plugin's environment. */
function programOf({ env }: Context): string[] {
  const variables = keptVariables(env).map(([name, value]) => `${name}=${value}`);
  const program = realpathSync(process.execPath);
  return variables.length === 0 ? [program] : ["/usr/bin/env", ...variables, program];
}
