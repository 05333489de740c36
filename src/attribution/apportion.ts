/** Splits a whole number by weights so that the parts are whole and add up to it: largest remainders first, then the order given.
 *  `total` is a safe integer >= 0; weights are integers > 0. */
export function apportion(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  if (weights.length === 0 || sum <= 0) return [];
  if (weights.length === 1) return [total];
  const big = BigInt(total);
  const whole = BigInt(sum);
  const parts = weights.map((weight, at) => {
    const product = big * BigInt(weight);
    return { at, value: Number(product / whole), rest: product % whole };
  });
  let left = total - parts.reduce((all, part) => all + part.value, 0);
  const order = [...parts].sort((a, b) => (a.rest === b.rest ? a.at - b.at : a.rest > b.rest ? -1 : 1));
  for (const part of order) {
    if (left === 0) break;
    part.value++;
    left--;
  }
  return parts.map(({ value }) => value);
}
