import type { RetentionAnswer } from '../api/types';
import type { CsvCell } from '../format/csv';
import { addDays } from '../format/dates';

export interface MatrixCell {
  day: number;
  players: number;
  share: number;
  /** False while the cell's day has not ended: the number can still grow. */
  complete: boolean;
}

export interface MatrixRow {
  date: string;
  size: number;
  /** One per column; null where the day lies in the future or the cohort is empty. */
  cells: (MatrixCell | null)[];
}

export interface RetentionMatrix {
  days: number[];
  rows: MatrixRow[];
  average: ({ share: number; size: number } | null)[];
  /** The greatest share after day 0: the top of the colour scale, since day 0 is 100 % by definition. */
  highest: number;
}

/**
 * Newest cohort first; cohorts without players are left out, since they have nothing to retain. A cell after `today` is none: its 0
 * would be a statement about the future.
 */
export function retentionMatrix(answer: RetentionAnswer, today: string): RetentionMatrix {
  const { days } = answer;
  const rows = answer.cohorts
    .filter((cohort) => cohort.size > 0)
    .map((cohort) => {
      const byDay = new Map(cohort.cells.map((cell) => [cell.day, cell]));
      return {
        date: cohort.cohort_date,
        size: cohort.size,
        cells: days.map((day) => (addDays(cohort.cohort_date, day) > today ? null : (byDay.get(day) ?? null))),
      };
    })
    .toSorted((a, b) => b.date.localeCompare(a.date));
  const averageByDay = new Map(answer.average.map((entry) => [entry.day, entry]));
  const average = days.map((day) => {
    const entry = averageByDay.get(day);
    return entry && entry.size > 0 && entry.share !== null ? { share: entry.share, size: entry.size } : null;
  });
  const shares = rows.flatMap((row) =>
    row.cells.filter((cell) => cell !== null && cell.day > 0).map((cell) => cell!.share),
  );
  return { days, rows, average, highest: Math.max(0, ...shares) };
}

/** Which of the `steps` tints a share gets; 0 is the lightest. */
export function tintStep(share: number, highest: number, steps: number): number {
  if (highest <= 0 || share <= 0) return 0;
  return Math.min(steps - 1, Math.max(1, Math.ceil((share / highest) * (steps - 1))));
}

export function retentionCsv(matrix: RetentionMatrix): { header: string[]; rows: CsvCell[][] } {
  return {
    header: ['cohort_date', 'size', 'day', 'players', 'share', 'complete'],
    rows: matrix.rows.flatMap((row) =>
      row.cells
        .filter((cell) => cell !== null)
        .map((cell) => [row.date, row.size, cell!.day, cell!.players, cell!.share, cell!.complete]),
    ),
  };
}
