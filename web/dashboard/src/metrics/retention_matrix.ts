import type { RetentionAnswer } from '../api/types';
import type { CsvCell } from '../format/csv';
import { addDays, longDate, shortDate } from '../format/dates';

export interface MatrixColumn {
  day: number;
  /** "D7" */
  label: string;
  /** "Day 7" */
  long: string;
  /** Everybody by definition, such as day 0: it says nothing, and would flatten the scale of the others. */
  certain: boolean;
}

export interface MatrixCell {
  day: number;
  players: number;
  /** Those of the row whose day has begun: what the share is of. */
  size: number;
  share: number;
  /** False while the cell's day has not ended: the number can still grow. */
  complete: boolean;
}

export interface MatrixRow {
  key: string;
  label: string;
  long: string;
  size: number;
  /** One per column; null where the day lies in the future or the cohort is empty. */
  cells: (MatrixCell | null)[];
}

export interface RetentionMatrix {
  columns: MatrixColumn[];
  rows: MatrixRow[];
  /** Null where the rows are averages themselves. */
  average: ({ share: number; size: number } | null)[] | null;
  /** The greatest share that is not certain: the top of the colour scale. */
  highest: number;
}

export const dayColumn = (day: number): MatrixColumn => ({
  day,
  label: `D${day}`,
  long: `Day ${day}`,
  certain: day === 0,
});

export function highestShare(columns: MatrixColumn[], rows: MatrixRow[]): number {
  const shares = rows.flatMap((row) =>
    row.cells.flatMap((cell, index) => (cell && !columns[index]?.certain ? [cell.share] : [])),
  );
  return Math.max(0, ...shares);
}

interface AverageEntry {
  day: number;
  share: number | null;
  size: number;
}

/** In the order of the columns; a day that no cohort has completed has none. */
export function averagesOf(
  columns: MatrixColumn[],
  entries: AverageEntry[],
): ({ share: number; size: number } | null)[] {
  const byDay = new Map(entries.map((entry) => [entry.day, entry]));
  return columns.map(({ day }) => {
    const entry = byDay.get(day);
    return entry && entry.size > 0 && entry.share !== null ? { share: entry.share, size: entry.size } : null;
  });
}

/**
 * Newest cohort first; cohorts without players are left out, since they have nothing to retain. A cell after `today` is none: its 0
 * would be a statement about the future.
 */
export function retentionMatrix(answer: RetentionAnswer, today: string): RetentionMatrix {
  const columns = answer.days.map(dayColumn);
  const rows = answer.cohorts
    .filter((cohort) => cohort.size > 0)
    .map(({ cohort_date: date, size, cells }) => {
      const byDay = new Map(cells.map((cell) => [cell.day, { ...cell, size }]));
      return {
        key: date,
        label: shortDate(date),
        long: longDate(date),
        size,
        cells: columns.map(({ day }) => (addDays(date, day) > today ? null : (byDay.get(day) ?? null))),
      };
    })
    .toSorted((a, b) => b.key.localeCompare(a.key));
  return { columns, rows, average: averagesOf(columns, answer.average), highest: highestShare(columns, rows) };
}

/** Which of the `steps` tints a share gets; 0 is the lightest. */
export function tintStep(share: number, highest: number, steps: number): number {
  if (highest <= 0 || share <= 0) return 0;
  return Math.min(steps - 1, Math.max(1, Math.ceil((share / highest) * (steps - 1))));
}

export function retentionCsv(
  matrix: RetentionMatrix,
  rowName = 'cohort_date',
): { header: string[]; rows: CsvCell[][] } {
  return {
    header: [rowName, 'size', 'day', 'players', 'share', 'complete'],
    rows: matrix.rows.flatMap((row) =>
      row.cells
        .filter((cell) => cell !== null)
        .map((cell) => [row.key, cell.size, cell.day, cell.players, cell.share, cell.complete]),
    ),
  };
}
