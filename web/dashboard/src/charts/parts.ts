import type { BarSeries } from './bars_plugin';

/** The order in which a stack is built: up from the axis, and down from it for what stands below. */
interface Span {
  part: number;
  from: number;
  to: number;
}

export function spansAt(series: BarSeries[], index: number): Span[] {
  let [top, bottom] = [0, 0];
  return series.map((one, part) => {
    const value = one.values[index] ?? 0;
    const size = Math.abs(value);
    if (one.below || value < 0) {
      bottom -= size;
      return { part, from: bottom, to: bottom + size };
    }
    top += size;
    return { part, from: top - size, to: top };
  });
}

/** Which series lies at a value of a stack; above or below of all, the outermost one that has something. */
function stackedPart(series: BarSeries[], index: number, value: number): number {
  const spans = spansAt(series, index).filter(({ from, to }) => to > from);
  const hit = spans.find(({ from, to }) => value >= from && value < to);
  if (hit) return hit.part;
  const side = spans.filter(({ from }) => from < 0 === value < 0);
  return (side.at(-1) ?? spans.at(-1))?.part ?? 0;
}

function nearestLine(series: BarSeries[], index: number, value: number): number {
  const distance = (one: BarSeries | undefined) => Math.abs((one?.values[index] ?? Infinity) - value);
  return series.reduce((best, one, part) => (distance(one) < distance(series[best]) ? part : best), 0);
}

/** The series that a pointer at a value means. */
export const partAt = (series: BarSeries[], index: number, value: number, shape?: 'bars' | 'lines'): number =>
  shape === 'lines' ? nearestLine(series, index, value) : stackedPart(series, index, value);

/** The next series above or below that has a value there; the same one where there is none. */
export function nextPart(series: BarSeries[], index: number, part: number, step: 1 | -1): number {
  for (let next = part + step; next >= 0 && next < series.length; next += step) {
    if (series[next]?.values[index]) return next;
  }
  return part;
}
