export interface HourRow {
  time: string;
  value: number | null;
}

export interface WeekHours {
  /** Monday first; 24 means of an hour each. Null: the range has no such hour. */
  days: (number | null)[][];
  highest: number;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const hourMs = 3_600_000;

export interface WeekHour {
  /** 0 is Monday. */
  day: number;
  hour: number;
}

/** Tells weekday and hour of moments in a time zone. Making the formatter is what costs: one serves all the rows of an answer. */
export function weekHourIn(timezone: string): (iso: string) => WeekHour {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  return (iso) => {
    const parts = format.formatToParts(new Date(iso));
    const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
    return { day: weekdays.indexOf(part('weekday')), hour: Number(part('hour')) };
  };
}

/** The mean of each hour of the week over hours that have ended; an hour that is running would pull its mean down. */
export function weekHours(rows: HourRow[], timezone: string, now: number): WeekHours {
  const sums = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => ({ sum: 0, hours: 0 })));
  const place = weekHourIn(timezone);
  for (const row of rows) {
    if (row.value === null || Date.parse(row.time) + hourMs > now) continue;
    const { day, hour } = place(row.time);
    const cell = sums[day]?.[hour];
    if (!cell) continue;
    cell.sum += row.value;
    cell.hours += 1;
  }
  const days = sums.map((day) => day.map((cell) => (cell.hours > 0 ? cell.sum / cell.hours : null)));
  return { days, highest: Math.max(0, ...days.flat().map((value) => value ?? 0)) };
}
