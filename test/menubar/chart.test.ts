import { expect, test } from "bun:test";
import { CHART_HEIGHT, chartPng } from "../../src/menubar/chart.ts";
import { pictureOf } from "./grammar/lines.ts";

/** Lit rows of the column of pixels at `x`, counted from the bottom, and their opacity. */
function column(picture: ReturnType<typeof pictureOf>, x: number): { tall: number; opacity: number } {
  let tall = 0;
  let opacity = 0;
  for (let y = picture.height - 1; y >= 0; y--) {
    const at = picture.data[(y * picture.width + x) * 4 + 3] ?? 0;
    if (at === 0) break;
    tall++;
    opacity = at;
  }
  return { tall, opacity };
}

/** Bars are 3 points and a gap of 1, two pixels to a point; 30 of them fit. */
const middleOf = (bar: number): number => bar * 8 + 3;

test("thirty bars: the highest fills the height, half of it half, and the last is the darkest", () => {
  const values = Array.from({ length: 30 }, () => 0);
  values[0] = 100;
  values[1] = 50;
  values[2] = 0.001;
  values[29] = 25;
  const picture = pictureOf(chartPng(values, { ink: [1, 2, 3] }));
  expect([picture.width, picture.height, picture.perMetre]).toEqual([238, CHART_HEIGHT * 2, 5669]);
  expect(column(picture, middleOf(0)).tall).toBe(40);
  expect(column(picture, middleOf(1)).tall).toBe(20);
  expect(column(picture, middleOf(2)).tall).toBe(4);
  expect(column(picture, middleOf(3)).tall).toBe(2);
  expect(column(picture, middleOf(29))).toEqual({ tall: 10, opacity: 255 });
  expect(column(picture, middleOf(0)).opacity).toBeLessThan(255);
  expect(column(picture, middleOf(3)).opacity).toBeLessThan(column(picture, middleOf(0)).opacity);
  expect([...Array.from(picture.data).slice(39 * 238 * 4, 39 * 238 * 4 + 3)]).toEqual([1, 2, 3]);
  expect(column(picture, 7).tall).toBe(0);
});

test("fewer bars stand at the right; none at all, nothing spent and nonsense are pictures as well", () => {
  const picture = pictureOf(chartPng([7], { ink: [0, 0, 0] }));
  expect(picture.width).toBe(238);
  expect(column(picture, middleOf(29)).tall).toBe(40);
  expect(column(picture, middleOf(28)).tall).toBe(0);
  for (const values of [[], [0, 0], [-5, -1]]) expect(pictureOf(chartPng(values, { ink: [0, 0, 0] })).height).toBe(40);
  expect(column(pictureOf(chartPng([-5, 10], { ink: [0, 0, 0] })), middleOf(28)).tall).toBe(2);
});
