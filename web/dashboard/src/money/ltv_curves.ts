import { addDays, daysBetween, longDate } from '../format/dates';
import type { CohortCurve } from '../metrics/cohort_curves';
import type { DateRange } from '../state/range';

export interface LtvRow {
  cohort_date: string;
  day: number;
  players: number;
  payers: number;
  revenue: number;
  ltv: number | null;
  complete: boolean;
}

const allDays = [0, 1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365];

/** The days to ask for: those that the oldest cohort of the range can have lived through. */
export function ltvDays(range: DateRange, today: string): number[] {
  const oldest = daysBetween(range.from, today) - 1;
  const days = allDays.filter((day) => day <= oldest);
  return days.length > 0 ? days : [0];
}

/** One curve per cohort, oldest first. A day that lies ahead of a cohort has no point: its value would only repeat the day before. */
export function ltvCurves(rows: LtvRow[], today: string): CohortCurve[] {
  const curves = new Map<string, CohortCurve>();
  for (const row of rows) {
    if (row.players === 0 || row.ltv === null || addDays(row.cohort_date, row.day) > today) continue;
    const curve = curves.get(row.cohort_date) ?? {
      key: row.cohort_date,
      name: longDate(row.cohort_date),
      points: [],
    };
    curve.points.push({ day: row.day, value: row.ltv, complete: row.complete });
    curves.set(row.cohort_date, curve);
  }
  return [...curves.values()].toSorted((a, b) => a.key.localeCompare(b.key));
}

/** For each cohort the furthest day that it has reached, newest cohort first. */
export function newestPoints(rows: LtvRow[], today: string): LtvRow[] {
  const newest = new Map<string, LtvRow>();
  for (const row of rows) {
    if (row.players === 0 || addDays(row.cohort_date, row.day) > today) continue;
    const known = newest.get(row.cohort_date);
    if (!known || row.day > known.day) newest.set(row.cohort_date, row);
  }
  return [...newest.values()].toSorted((a, b) => b.cohort_date.localeCompare(a.cohort_date));
}
