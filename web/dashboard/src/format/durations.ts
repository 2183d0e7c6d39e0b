const units: [seconds: number, name: string][] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
];

/** "2.1 min", "3 days": a span in the greatest unit that it fills, in the reader's own language. */
export function spanOfTime(seconds: number): string {
  const [size, unit] = units.find(([least]) => seconds >= least) ?? [1, 'second'];
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  }).format(seconds / size);
}
