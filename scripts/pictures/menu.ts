/** A menu for SwiftBar as a picture: the title in a bar, the menu below it, sub-menus indented. Only what is to be seen is read of the format. */

const LINE = 24;
const CHAR = 7.1;
const PAD = 12;
const BAR = 30;
const BACK = "#1e2229";
const FRAME = "#3a414c";
const FRONT = "#e6e9ee";

interface Item {
  text: string;
  color: string;
  depth: number;
  /** PNG in base64, drawn in the menu's own colour. */
  image: string | null;
}

/** The items; null is a line between them. */
function itemsOf(output: string): (Item | null)[] {
  return output
    .trimEnd()
    .split("\n")
    .map((line) => {
      const dashes = /^-*/.exec(line)?.[0].length ?? 0;
      if (dashes >= 3 && line.length === dashes) return null;
      const bar = line.lastIndexOf(" | ");
      const parameters = bar < 0 ? "" : line.slice(bar + 3);
      const [light, dark] = (/\bcolor=(\S+)/.exec(parameters)?.[1] ?? "").split(",");
      return {
        text: (bar < 0 ? line : line.slice(0, bar)).slice(dashes),
        color: dark || light || FRONT,
        depth: dashes / 2,
        image: /\btemplateImage=(\S+)/.exec(parameters)?.[1] ?? null,
      };
    });
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The picture, `columns` characters wide: longer lines are cut off as a menu would. */
export function menuSvg(output: string, columns: number, title: string): string {
  const [head, ...items] = itemsOf(output);
  const width = columns * CHAR + 2 * PAD;
  const parts: string[] = [];
  let y = BAR + 8;
  for (const item of items[0] === null ? items.slice(1) : items) {
    if (item === null) {
      parts.push(`<rect x="${PAD}" y="${y + 4}" width="${width - 2 * PAD}" height="1" fill="${FRAME}"/>`);
      y += 9;
      continue;
    }
    const x = PAD + 6 + item.depth * 22;
    parts.push(textAt(item, x, y + 17, columns));
    if (item.image !== null)
      parts.push(
        `<image x="${x + 150}" y="${y + 2}" width="119" height="20" filter="url(#light)" href="data:image/png;base64,${item.image}"/>`,
      );
    y += LINE;
  }
  const height = y + 8;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    // A template image is black; a dark menu shows it light.
    `<filter id="light"><feColorMatrix values="0 0 0 0 0.9  0 0 0 0 0.91  0 0 0 0 0.93  0 0 0 1 0"/></filter>`,
    `<rect width="100%" height="100%" rx="8" fill="${BACK}" stroke="${FRAME}"/>`,
    `<rect x="1" y="1" width="${width - 2}" height="${BAR}" rx="7" fill="#2b313b"/>`,
    `<g font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13">`,
    head === null || head === undefined ? "" : textAt(head, PAD + 6, 21, columns),
    ...parts,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function textAt({ text, color, depth }: Item, x: number, y: number, columns: number): string {
  const room = columns - depth * 3;
  const shown = text.length > room ? `${text.slice(0, room - 1)}…` : text;
  return `<text x="${x}" y="${y}" fill="${color}">${escaped(shown)}</text>`;
}
