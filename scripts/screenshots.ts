/** Makes the pictures of docs/images from the built program and a made-up history. `--only=watch` makes those whose names begin so, `--png=DIR`
 *  also writes them as PNG there, to look at. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Pty } from "../test/terminal/pty.ts";
import { TerminalScreen } from "../test/terminal/screen.ts";
import { menuSvg } from "./pictures/menu.ts";
import { Scene } from "./pictures/scene.ts";
import { svgOf } from "./pictures/svg.ts";

const root = join(import.meta.dir, "..");
const program = join(root, "dist", "cc-ledger");
const images = join(root, "docs", "images");
const option = (name: string): string | undefined =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const png = option("png");
const only = option("only");

interface Picture {
  name: string;
  title: string;
  width: number;
  height: number;
  args: string[];
  /** Typed one after another, once the view stands. */
  keys?: string[];
  /** What the view shows when it stands. */
  until: string;
}

const PICTURES: readonly Picture[] = [
  { name: "watch-80", title: "cc-ledger watch at 80 columns", width: 80, height: 24, args: ["watch"], until: "quit" },
  {
    name: "watch-200",
    title: "cc-ledger watch at 200 columns",
    width: 200,
    height: 30,
    args: ["watch"],
    until: "quit",
  },
  {
    name: "watch-session-80",
    title: "one session in cc-ledger watch at 80 columns",
    width: 80,
    height: 34,
    args: ["watch"],
    keys: ["\r"],
    until: "quit",
  },
  {
    name: "watch-session-200",
    title: "one session in cc-ledger watch at 200 columns",
    width: 200,
    height: 30,
    args: ["watch"],
    keys: ["\r"],
    until: "quit",
  },
];

async function take(scene: Scene, { width, height, args, keys = [], until }: Picture): Promise<TerminalScreen> {
  const pty = new Pty([program, ...args], { env: scene.env, width, height });
  try {
    await pty.shows(until);
    // The first look at the logs may still change a figure.
    await Bun.sleep(1_500);
    for (const key of keys) {
      pty.type(key);
      await Bun.sleep(400);
    }
    return pty.screen;
  } finally {
    pty.end();
  }
}

async function writePng(folder: string, made: readonly { name: string; svg: string }[]): Promise<void> {
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium" });
  try {
    const page = await browser.newPage({ deviceScaleFactor: 1 });
    for (const { name, svg } of made) {
      const [, width = "800", height = "600"] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
      await page.setViewportSize({ width: Math.ceil(Number(width)), height: Math.ceil(Number(height)) });
      await page.setContent(`<body style="margin:0">${svg}</body>`);
      await page.screenshot({ path: join(folder, `${name}.png`) });
    }
  } finally {
    await browser.close();
  }
}

/** Every picture that is wanted, by name. */
async function makeAll(scene: Scene): Promise<{ name: string; svg: string }[]> {
  const made: { name: string; svg: string }[] = [];
  const wanted = (name: string): boolean => only === undefined || name.startsWith(only);
  for (const columns of [80, 200]) {
    const menu = `menu-${columns}`;
    if (wanted(menu)) {
      const output = scene.run(["menubar", "--format", "swiftbar"]);
      made.push({ name: menu, svg: menuSvg(output, columns, `cc-ledger menubar, ${columns} columns`) });
    }
    const line = `statusline-${columns}`;
    if (wanted(line)) {
      const screen = new TerminalScreen(columns, 4);
      screen.write(scene.statusline(columns).replaceAll("\n", "\r\n"));
      made.push({ name: line, svg: svgOf(screen, `cc-ledger statusline, ${columns} columns`) });
    }
  }
  for (const picture of PICTURES)
    if (wanted(picture.name)) made.push({ name: picture.name, svg: svgOf(await take(scene, picture), picture.title) });
  return made;
}

const scene = new Scene(program);
try {
  const made = await makeAll(scene);
  mkdirSync(images, { recursive: true });
  for (const { name, svg } of made) writeFileSync(join(images, `${name}.svg`), svg);
  if (png !== undefined) {
    mkdirSync(png, { recursive: true });
    await writePng(png, made);
  }
  console.log(made.map(({ name }) => `docs/images/${name}.svg`).join("\n"));
} finally {
  scene.remove();
}
