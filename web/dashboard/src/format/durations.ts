import { formatUnit } from './numbers';

const units: [seconds: number, name: string][] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
];

/** "2.1 min", "3 days": a span in the greatest unit that it fills, in the reader's own language. */
export function spanOfTime(seconds: number): string {
  const [size, unit] = units.find(([least]) => seconds >= least) ?? [1, 'second'];
  return formatUnit(seconds / size, unit, 1);
}

/** "34 ms", "1.2 sec": how long a machine took. */
export const spanOfWork = (milliseconds: number): string =>
  milliseconds < 1000 ? formatUnit(Math.max(1, milliseconds), 'millisecond') : formatUnit(milliseconds / 1000, 'second', 1);

/** "12 min 5 sec"; the two largest units say enough. */
export function spanInTwoUnits(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours > 0) return `${formatUnit(hours, 'hour')} ${formatUnit(minutes, 'minute')}`;
  const rest = formatUnit(seconds % 60, 'second');
  return minutes > 0 ? `${formatUnit(minutes, 'minute')} ${rest}` : rest;
}
