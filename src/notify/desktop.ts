import { messageOf } from "../platform/errors.ts";
import type { Env } from "../platform/paths.ts";

/** Notifications on the desktop, through the program that the system has for it. What they say is handed over as arguments or in the
 *  environment, never as a piece of a script. */

/** A program that shows a notification. */
export interface Notifier {
  name: string;
  path: string;
  args(note: Note): string[];
  /** What the program reads from its environment. */
  env(note: Note): Record<string, string>;
}

export interface Note {
  title: string;
  body: string;
}

/** Longer than any of these programs takes, shorter than anybody would wait. Milliseconds. */
const SHOW_MS = 5_000;

/** The notifier of this machine; null where there is none, no desktop to show anything on, or `CC_LEDGER_NO_DESKTOP` is set. */
export function notifierFor(platform: NodeJS.Platform, env: Env): Notifier | null {
  if (env.CC_LEDGER_NO_DESKTOP) return null;
  const found = platform === "darwin" ? MAC : platform === "win32" ? WINDOWS : hasDesktop(env) ? LINUX : null;
  if (found === null) return null;
  const path = Bun.which(found.name, { PATH: env.PATH ?? "" });
  return path === null ? null : { ...found, path };
}

/** A Linux machine has a desktop if the session says where it is. */
function hasDesktop(env: Env): boolean {
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY || env.DBUS_SESSION_BUS_ADDRESS);
}

const none = (): Record<string, string> => ({});

const LINUX: Omit<Notifier, "path"> = {
  name: "notify-send",
  // Servers read the body as markup.
  args: ({ title, body }) => ["--app-name=cc-ledger", "--", title, escapeMarkup(body)],
  env: none,
};

const MAC: Omit<Notifier, "path"> = {
  name: "osascript",
  args: ({ title, body }) => [
    ...["on run argv", "display notification (item 2 of argv) with title (item 1 of argv)", "end run"].flatMap(
      (line) => ["-e", line],
    ),
    "--",
    title,
    body,
  ],
  env: none,
};

/** A toast in the name of PowerShell, the only one that needs no installation. The texts become text nodes. */
const TOAST = `
$ErrorActionPreference = 'Stop'
[void][Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]
$xml = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent('ToastText02')
$texts = $xml.GetElementsByTagName('text')
[void]$texts.Item(0).AppendChild($xml.CreateTextNode($env:CC_LEDGER_NOTE_TITLE))
[void]$texts.Item(1).AppendChild($xml.CreateTextNode($env:CC_LEDGER_NOTE_BODY))
$sender = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe'
[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($sender).Show([Windows.UI.Notifications.ToastNotification]::new($xml))
`;

const WINDOWS: Omit<Notifier, "path"> = {
  name: "powershell.exe",
  args: () => [
    "-NoProfile",
    "-NonInteractive",
    "-WindowStyle",
    "Hidden",
    "-EncodedCommand",
    Buffer.from(TOAST, "utf16le").toString("base64"),
  ],
  env: ({ title, body }) => ({ CC_LEDGER_NOTE_TITLE: title, CC_LEDGER_NOTE_BODY: body }),
};

function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Shows a notification; answers null, or why it could not. Takes five seconds at most. */
export async function showNote(notifier: Notifier, note: Note, env: Env): Promise<string | null> {
  try {
    const child = Bun.spawn([notifier.path, ...notifier.args(note)], {
      env: { ...env, ...notifier.env(note) },
      stdio: ["ignore", "ignore", "ignore"],
      timeout: SHOW_MS,
      killSignal: "SIGKILL",
    });
    const code = await child.exited;
    if (child.signalCode !== null) return `${notifier.name} did not answer within ${SHOW_MS / 1000} s`;
    return code === 0 ? null : `${notifier.name} ended with ${code}`;
  } catch (error) {
    return `${notifier.name}: ${messageOf(error)}`;
  }
}
