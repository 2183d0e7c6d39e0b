// Calendar dates are handled as YYYY-MM-DD text and counted in UTC, where every day has 24 hours.

const dayMs = 86_400_000;

const toMs = (date: string): number => Date.parse(`${date}T00:00:00Z`);
const fromMs = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(toMs(text)) && fromMs(toMs(text)) === text;

export const addDays = (date: string, days: number): string => fromMs(toMs(date) + days * dayMs);

/** Number of days in the closed range; 1 for the same day twice. */
export const daysBetween = (from: string, to: string): number => Math.round((toMs(to) - toMs(from)) / dayMs) + 1;

/** The first day of the week (Monday) or month that holds a date. */
export function firstDayOf(unit: 'week' | 'month', date: string): string {
  if (unit === 'month') return `${date.slice(0, 7)}-01`;
  return addDays(date, -((new Date(toMs(date)).getUTCDay() + 6) % 7));
}

/** The calendar date of a moment in a time zone. */
export function dateIn(timezone: string, moment: Date): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return parts.format(moment);
}

const cached = new Map<string, Intl.DateTimeFormat>();

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = JSON.stringify(options);
  const known = cached.get(name);
  if (known) return known;
  const made = new Intl.DateTimeFormat(undefined, options);
  cached.set(name, made);
  return made;
}

const asDate = (date: string): Date => new Date(toMs(date));

/** "23 Nov" */
export const shortDate = (date: string): string =>
  formatter({ timeZone: 'UTC', day: 'numeric', month: 'short' }).format(asDate(date));

/** "Mon, 23 Nov 2026" */
export const longDate = (date: string): string =>
  formatter({ timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).format(
    asDate(date),
  );

/** "Nov 2026" */
export const monthName = (date: string): string =>
  formatter({ timeZone: 'UTC', month: 'short', year: 'numeric' }).format(asDate(date));

/** "25 Oct - 23 Nov 2026", as short as the language allows. */
export function dateRange(from: string, to: string): string {
  const format = formatter({ timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });
  return from === to ? format.format(asDate(from)) : format.formatRange(asDate(from), asDate(to));
}

/** "12:03:22", in the project's time zone. */
export const clockTime = (iso: string, timezone: string): string =>
  formatter({ timeZone: timezone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(
    new Date(iso),
  );

/** "12:03" */
export const clockMinute = (iso: string, timezone: string): string =>
  formatter({ timeZone: timezone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(iso));

/** "23 Nov 2026, 12:03:22" */
export const dateAndTime = (iso: string, timezone: string): string =>
  formatter({ timeZone: timezone, dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }).format(new Date(iso));
