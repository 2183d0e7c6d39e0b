import type { SqlAnswer } from '../api/sql';
import { addDays, daysBetween } from '../format/dates';
import type { DateRange } from '../state/range';

/** What was counted on a day of the project, and how much of it came late. */
export interface CountedDay {
  date: string;
  onTime: number;
  late: number;
}

export interface RefusedDay {
  date: string;
  refused: number;
}

export const countedStatement = ({ from, to }: DateRange): string =>
  `SELECT date, events, late_events FROM days WHERE date BETWEEN DATE '${from}' AND DATE '${to}'`;

// Refused events have no day of their own, since nothing is believed of them; the day they came is UTC's.
export const refusedStatement = ({ from, to }: DateRange): string =>
  `SELECT CAST(received_at AS DATE) AS date, count(*) AS events FROM rejected_events
WHERE received_at >= TIMESTAMP '${from}' AND received_at < TIMESTAMP '${addDays(to, 1)}' GROUP BY ALL`;

const dates = ({ from, to }: DateRange): string[] =>
  Array.from({ length: daysBetween(from, to) }, (_, index) => addDays(from, index));

const byDate = ({ rows }: SqlAnswer) => new Map(rows.map(([date, ...numbers]) => [String(date), numbers.map(Number)]));

/** One entry a day of the range; a day that has no row had no event. */
export function countedDays(answer: SqlAnswer, range: DateRange): CountedDay[] {
  const known = byDate(answer);
  return dates(range).map((date) => {
    const [events = 0, late = 0] = known.get(date) ?? [];
    return { date, onTime: events - late, late };
  });
}

export function refusedDays(answer: SqlAnswer, range: DateRange): RefusedDay[] {
  const known = byDate(answer);
  return dates(range).map((date) => ({ date, refused: known.get(date)?.[0] ?? 0 }));
}
