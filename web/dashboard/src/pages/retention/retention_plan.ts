import type { Question } from '../../api/questions';
import { daysBetween } from '../../format/dates';
import type { MatrixColumn } from '../../metrics/retention_matrix';
import { readBreakdown } from '../../state/filters';
import type { DateRange } from '../../state/range';
import { kindOf, unitOf, type Kind, type RetentionSearch, type Unit } from './retention_search';

const steps = { week: 7, month: 30 };
const stepsMax = 13;
const daysAsked = [0, 1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 30, 45, 60, 90];
const spansOfDays: [number, number][] = [
  [1, 2],
  [3, 6],
  [7, 13],
  [14, 29],
  [30, 59],
  [60, 89],
];

/** The days to ask for, each as its first and last one: those that the oldest cohort of the range can have begun. */
function spans(kind: Kind, unit: Unit, oldest: number): [number, number][] {
  const step = unit === 'day' ? 1 : steps[unit];
  const starts = unit === 'day' ? daysAsked : Array.from({ length: stepsMax }, (_, index) => index * step);
  const all: [number, number][] =
    kind !== 'bracket'
      ? starts.map((day) => [day, day])
      : unit === 'day'
        ? spansOfDays
        : starts.map((day) => [day, day + step - 1]);
  // Who came by day 0, or on every day up to it, is everybody.
  const telling = kind === 'return' || kind === 'full' ? all.filter(([first]) => first > 0) : all;
  const begun = telling.filter(([first]) => first <= oldest);
  return begun.length > 0 ? begun : telling.slice(0, 1);
}

function columnOf(kind: Kind, unit: Unit, [first, last]: [number, number], certain: boolean): MatrixColumn {
  const number = unit === 'day' ? first : Math.round(first / steps[unit]);
  const names: Record<Kind, [label: string, long: string]> = {
    classic: [`D${first}`, `Day ${first}`],
    rolling: [`D${first}+`, `Day ${first} or later`],
    bracket: [
      unit === 'day' ? `D${first}–${last}` : `${unit === 'week' ? 'W' : 'M'}${number}`,
      `Days ${first} to ${last}`,
    ],
    return: [`≤ D${last}`, `By day ${last}`],
    full: [`D1–${last}`, `Every day from 1 to ${last}`],
  };
  const [label, long] = names[kind];
  // The API names a span by its first day.
  return { day: first, label, long, certain: certain && first === 0 };
}

export interface RetentionPlan {
  question: Question;
  columns: MatrixColumn[];
}

/** What the address asks the server, and what the columns of the answer are called. */
export function retentionPlan(search: RetentionSearch, asks: Question, today: string): RetentionPlan {
  const [kind, unit] = [kindOf(search), unitOf(search)];
  const fields = readBreakdown(search.breakdown);
  const asked = spans(kind, unit, daysBetween(asks.from, today) - 1);
  const question: Question = {
    ...asks,
    ...(fields.length > 0 ? { breakdown: fields, top: breakdownMax } : {}),
    type: kind,
    ...(kind === 'bracket' ? { brackets: asked } : { days: asked.map(([day]) => day) }),
    ...(search.window ? { window: '24_hours' } : {}),
    ...(search.start ? { start: search.start } : {}),
    ...(search.back ? { return: search.back } : {}),
  };
  const certain = search.back === undefined || search.back === search.start;
  return { question, columns: asked.map((span) => columnOf(kind, unit, span, certain)) };
}

/** Values of a breakdown that get a row of their own; the others come together. */
export const breakdownMax = 5;

/** The days of a range that one row of cohorts covers. */
export const within = (range: DateRange, first: string, last: string): DateRange => ({
  from: first < range.from ? range.from : first,
  to: last > range.to ? range.to : last,
});
