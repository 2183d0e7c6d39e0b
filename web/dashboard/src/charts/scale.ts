/** Round numbers from 0 to at least `top`, about `count` of them: 1, 2 or 5 times a power of ten apart. */
export function roundTicks(top: number, count: number): number[] {
  if (!(top > 0)) return [0, 1];
  const rough = top / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  // Multiplied, not added up: 0.1 + 0.2 would give a label with sixteen digits.
  for (let index = 0; index === 0 || (index - 1) * step < top; index += 1) {
    ticks.push(Number((index * step).toPrecision(12)));
  }
  return ticks;
}

/** Maps values from 0..top to pixels from `bottom` up to `topPixel`. */
export const linear =
  (top: number, bottom: number, topPixel: number) =>
  (value: number): number =>
    bottom - (top > 0 ? value / top : 0) * (bottom - topPixel);
