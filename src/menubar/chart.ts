import { crc32 } from "node:zlib";
import { encode } from "fast-png";

/** A small bar chart as a PNG for a line of a menu. Drawn twice as fine as it is shown, and says so in the file, so that it is sharp on
 *  displays of either kind. */

/** Height as it is shown, in points. */
export const CHART_HEIGHT = 20;
const BAR = 3;
const GAP = 1;
/** Charts with fewer bars are as wide as one with these, so that the texts after them stand in line. */
const MIN_BARS = 30;
/** Pixels per point. */
const SCALE = 2;
/** 144 pixels per inch, in pixels per metre. */
const PIXELS_PER_METRE = 5669;
/** Opacity of the base line, of the bars, and of the last bar, which is now. */
const BASE = 90;
const BARS = 150;
const NOW = 255;

/** The values as bars, the highest of them filling the height, as base64. Values below 0 count as 0. `ink` is red, green and blue; a
 *  template image is black and leaves the rest to its opacity. */
export function chartPng(values: readonly number[], { ink }: { ink: readonly [number, number, number] }): string {
  const slots = Math.max(MIN_BARS, values.length);
  const width = (slots * (BAR + GAP) - GAP) * SCALE;
  const height = CHART_HEIGHT * SCALE;
  const data = new Uint8Array(width * height * 4);
  const most = Math.max(0, ...values);
  values.forEach((value, at) => {
    const opacity = at === values.length - 1 ? NOW : BARS;
    // Whatever is not nothing shows above the base line.
    const share = most <= 0 || value <= 0 ? 0 : value / most;
    const tall = share === 0 ? 0 : Math.max(2 * SCALE, Math.round(share * height));
    const left = (slots - values.length + at) * (BAR + GAP) * SCALE;
    for (let x = left; x < left + BAR * SCALE; x++) {
      for (let y = 0; y < height; y++) {
        const fromBottom = height - 1 - y;
        if (fromBottom < tall) dot(data, width, x, y, ink, opacity);
        else if (fromBottom < SCALE) dot(data, width, x, y, ink, BASE);
      }
    }
  });
  return Buffer.from(withResolution(encode({ width, height, data, channels: 4 }))).toString("base64");
}

function dot(data: Uint8Array, width: number, x: number, y: number, ink: readonly number[], opacity: number): void {
  data.set([...ink, opacity], (y * width + x) * 4);
}

/** End of the signature and the header, where the resolution may stand. */
const AFTER_HEADER = 33;

/** Adds the chunk that says how fine the picture is (PNG specification, pHYs). */
function withResolution(png: Uint8Array): Buffer {
  const chunk = Buffer.alloc(21);
  chunk.writeUInt32BE(9, 0);
  chunk.write("pHYs", 4, "latin1");
  chunk.writeUInt32BE(PIXELS_PER_METRE, 8);
  chunk.writeUInt32BE(PIXELS_PER_METRE, 12);
  chunk.writeUInt8(1, 16);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 17)), 17);
  return Buffer.concat([png.subarray(0, AFTER_HEADER), chunk, png.subarray(AFTER_HEADER)]);
}
