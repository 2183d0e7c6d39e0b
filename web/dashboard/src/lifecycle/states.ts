import { addDays, dateRange, firstDayOf, longDate, monthName, shortDate } from '../format/dates';

export const states = ['returning', 'resurrected', 'new', 'dormant'] as const;
export type State = (typeof states)[number];

/** In words; the first letter is small where it stands inside of a sentence. */
export const stateNames: Record<State, string> = {
  returning: 'Returning',
  resurrected: 'Resurrected',
  new: 'New',
  dormant: 'Dormant',
};

export const intervals = { day: 'Day', week: 'Week', month: 'Month' } as const;
export type LifecycleInterval = keyof typeof intervals;

export interface StateRow {
  date: string;
  state: State;
  players: number;
}

export interface Lifecycle {
  dates: string[];
  /** One number a date; a state without a row has nobody. */
  players: Record<State, number[]>;
  /** The interval still runs: whoever has not come yet stands among the dormant. */
  provisional: boolean[];
}

const lastDay = (interval: LifecycleInterval, first: string): string =>
  interval === 'day'
    ? first
    : addDays(interval === 'week' ? addDays(first, 7) : firstDayOf('month', addDays(first, 31)), -1);

export function lifecycleOf(rows: StateRow[], interval: LifecycleInterval, today: string): Lifecycle {
  const dates = [...new Set(rows.map((row) => row.date))].toSorted();
  const known = new Map(rows.map((row) => [`${row.date}/${row.state}`, row.players]));
  const of = (state: State) => dates.map((date) => known.get(`${date}/${state}`) ?? 0);
  return {
    dates,
    players: { returning: of('returning'), resurrected: of('resurrected'), new: of('new'), dormant: of('dormant') },
    provisional: dates.map((date) => lastDay(interval, date) >= today),
  };
}

export function intervalName(interval: LifecycleInterval, date: string): { short: string; long: string } {
  if (interval === 'month') return { short: monthName(date), long: monthName(date) };
  return {
    short: shortDate(date),
    long: interval === 'day' ? longDate(date) : dateRange(date, lastDay(interval, date)),
  };
}
