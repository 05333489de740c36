import { encode } from "fast-png";

/** The plugin's icon: a page of a ledger with four bars on it, drawn by the pixel. */

const SIZE = 512;
const PAPER = [250, 248, 242] as const;
const INK = [34, 40, 49] as const;
const BARS = [
  { share: 0.45, color: [217, 119, 87] },
  { share: 0.85, color: [106, 155, 204] },
  { share: 0.3, color: [120, 140, 93] },
  { share: 0.65, color: [176, 136, 74] },
] as const;
const EDGE = 40;
const CORNER = 72;
const FIRST_BAR = 128;
const BAR_STEP = 72;
const BAR_HEIGHT = 40;
const LEFT = 104;
const WIDTH = SIZE - 2 * LEFT;

/** A PNG of 512 by 512 pixels. */
export function icon(): Uint8Array {
  const data = new Uint8Array(SIZE * SIZE * 4);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const color = colorAt(x, y);
      if (color !== null) data.set([...color, 255], (y * SIZE + x) * 4);
    }
  }
  return encode({ width: SIZE, height: SIZE, data, channels: 4, depth: 8 });
}

function colorAt(x: number, y: number): readonly number[] | null {
  if (!isInside(x, y, EDGE)) return null;
  if (!isInside(x, y, EDGE + 12)) return INK;
  for (const [n, { share, color }] of BARS.entries()) {
    const top = FIRST_BAR + n * BAR_STEP;
    if (y >= top && y < top + BAR_HEIGHT && x >= LEFT && x < LEFT + share * WIDTH) return color;
  }
  return PAPER;
}

/** Whether a pixel lies in the square with round corners that keeps so far from the border. */
function isInside(x: number, y: number, edge: number): boolean {
  const radius = CORNER - (edge - EDGE);
  const dx = Math.max(edge + radius - x, x - (SIZE - 1 - edge - radius), 0);
  const dy = Math.max(edge + radius - y, y - (SIZE - 1 - edge - radius), 0);
  return dx * dx + dy * dy <= radius * radius;
}
