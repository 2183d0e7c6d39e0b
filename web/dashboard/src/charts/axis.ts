/** Distances between labels that mean something: whole weeks of days, round numbers of minutes. */
export const labelSteps = { days: [1, 2, 7, 14, 28, 56], minutes: [1, 5, 10, 15] };

/** Which of `count` positions get a label: evenly spaced, the last one always, so that labels of `labelWidth` do not touch. */
export function labelledIndexes(count: number, width: number, labelWidth: number, steps: number[]): number[] {
  if (count === 0) return [];
  const fitting = Math.max(1, Math.floor(width / labelWidth));
  const rough = Math.ceil(count / fitting);
  const step = steps.find((candidate) => candidate >= rough) ?? rough;
  const indexes: number[] = [];
  for (let index = count - 1; index >= 0; index -= step) indexes.unshift(index);
  return indexes;
}

/** The upper end of the scale: a little air over the highest bar, and 1 for an empty chart. */
export const scaleTop = (highest: number): number => (highest > 0 ? highest * 1.06 : 1);
