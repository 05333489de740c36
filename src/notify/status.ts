import { fs } from "../platform/builtins.ts";
import { logLine } from "../platform/log.ts";
import type { Env, LedgerPaths } from "../platform/paths.ts";
import { type Channels, channelsOf } from "./channels.ts";
import { type Pause, readPause } from "./pause.ts";
import { type Entry, type GivenUp, Queue, queueFolder } from "./queue.ts";

/** How delivery stands. */
export interface DeliveryStatus {
  channels: Channels;
  /** Why nothing is shown on the desktop, null where it is. */
  noDesktop: string | null;
  pause: Pause | null;
  waiting: Entry[];
  givenUp: GivenUp[];
}

/** Reads how delivery stands. `read` answers a setting's value or null. */
export function deliveryStatus(
  paths: LedgerPaths,
  read: (key: string) => string | null,
  world: { env: Env; platform: NodeJS.Platform; nowMs: number },
): DeliveryStatus {
  const channels = channelsOf(read, world.env, world.platform);
  const queue = new Queue(paths, (text) => logLine(paths.log, world.nowMs, text));
  return {
    channels,
    noDesktop:
      channels.desktop !== null
        ? null
        : read("notify.desktop") === "false"
          ? "notify.desktop is false"
          : world.env.CC_LEDGER_NO_DESKTOP
            ? "CC_LEDGER_NO_DESKTOP is set"
            : "there is no desktop here, or nothing that shows notifications",
    pause: fs().existsSync(queueFolder(paths)) ? readPause(paths) : null,
    waiting: queue.waiting(),
    givenUp: queue.givenUp(),
  };
}
