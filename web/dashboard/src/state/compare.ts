import { addDays } from '../format/dates';
import { previousRange, type DateRange } from './range';

/** What a range is compared with, by the names that the API has for it. */
export const comparisons = { previous: 'Previous period', same_weekdays_last_year: 'Same weekdays last year' } as const;
export type Comparison = keyof typeof comparisons;

export const isComparison = (value: unknown): value is Comparison =>
  typeof value === 'string' && Object.hasOwn(comparisons, value);

/** Whole weeks, so that each day stands beside one of its own weekday. */
const daysOfWeeksLastYear = 364;

export const comparedRange = (range: DateRange, by: Comparison): DateRange =>
  by === 'previous'
    ? previousRange(range)
    : { from: addDays(range.from, -daysOfWeeksLastYear), to: addDays(range.to, -daysOfWeeksLastYear) };
