import { addDays, daysBetween, isDate } from '../format/dates';

export const presets = { '7d': 7, '30d': 30, '90d': 90 } as const;
export type Preset = keyof typeof presets;
export const defaultPreset: Preset = '30d';
export const longestRangeDays = 400;

/** As in the address: either a preset, which moves with the calendar, or two fixed dates. */
export interface RangeSearch {
  range?: Preset;
  from?: string;
  to?: string;
}

export interface DateRange {
  from: string;
  to: string;
}

export interface ResolvedRange extends DateRange {
  preset: Preset | null;
  days: number;
}

const isPreset = (value: unknown): value is Preset => typeof value === 'string' && value in presets;

/** Keeps what is valid and drops the rest: a mistyped link shows the default range, not an error. */
export function parseRange(search: Record<string, unknown>): RangeSearch {
  const { from, to, range } = search;
  if (typeof from === 'string' && typeof to === 'string' && isDate(from) && isDate(to)) {
    const [first, last] = from <= to ? [from, to] : [to, from];
    const earliest = addDays(last, 1 - longestRangeDays);
    return { from: first < earliest ? earliest : first, to: last };
  }
  return isPreset(range) && range !== defaultPreset ? { range } : {};
}

/**
 * An address with another range. What is left out would be kept from the address before, as on the way to another page: the names have
 * to be there, without a value.
 */
export const withRange = <Search extends object>(search: Search, picked: RangeSearch) => ({
  ...search,
  range: undefined,
  from: undefined,
  to: undefined,
  ...picked,
});

/** The days a preset means end with `today`, which is a date in the project's time zone. */
export function resolveRange(search: RangeSearch, today: string): ResolvedRange {
  if (search.from !== undefined && search.to !== undefined) {
    return { from: search.from, to: search.to, preset: null, days: daysBetween(search.from, search.to) };
  }
  const preset = search.range ?? defaultPreset;
  const days = presets[preset];
  return { from: addDays(today, 1 - days), to: today, preset, days };
}

/** The range of the same length that ends the day before. */
export function previousRange(range: DateRange): DateRange {
  const days = daysBetween(range.from, range.to);
  return { from: addDays(range.from, -days), to: addDays(range.from, -1) };
}

/** The days of a range that have ended; a range that is today alone stays itself, and is not compared. */
export function endedPart(range: DateRange, today: string): DateRange {
  const yesterday = addDays(today, -1);
  return range.to >= today && range.from <= yesterday ? { from: range.from, to: yesterday } : range;
}
