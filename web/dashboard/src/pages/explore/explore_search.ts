import type { Question, QuestionKind } from '../../api/questions';
import type { NumberKind } from '../../format/numbers';
import { isComparison, type Comparison } from '../../state/compare';
import { filterSearch, narrowing, type FilterSearch } from '../../state/filters';
import { parseRange, type DateRange, type RangeSearch } from '../../state/range';
import { optional, text } from '../../state/search';

export const measures = {
  events: 'Events',
  players: 'Players',
  new_players: 'New players',
  returning_players: 'Returning players',
  players_7_days: 'Players of 7 days',
  players_30_days: 'Players of 30 days',
  payers: 'Payers',
  purchases: 'Purchases',
  revenue: 'Revenue',
  sessions: 'Sessions',
  sum: 'Sum of a field',
  mean: 'Mean of a field',
  median: 'Median of a field',
  p90: '90th percentile of a field',
  min: 'Least of a field',
  max: 'Greatest of a field',
} as const;
export type Measure = keyof typeof measures;
const ofField = new Set<string>(['sum', 'mean', 'median', 'p90', 'min', 'max']);
export const needsField = (measure: Measure): boolean => ofField.has(measure);

export const intervals = ['hour', 'day', 'week', 'month'] as const;
export const views = ['line', 'bar', 'table', 'number'] as const;

export interface ExploreSearch extends RangeSearch, FilterSearch {
  /** A metric of the catalogue; without one, `event` and `measure` are asked for. */
  metric?: string;
  event?: string;
  measure?: Exclude<Measure, 'events'>;
  field?: string;
  interval?: Exclude<(typeof intervals)[number], 'day'>;
  view?: Exclude<(typeof views)[number], 'line'>;
  compare?: Comparison;
}

/** One of `known`, except the one that is meant when nothing is said. */
function oneOf<Known extends string, Default extends Known = never>(
  known: readonly Known[],
  value: unknown,
  silent?: Default,
): Exclude<Known, Default> | undefined {
  const found = known.find((candidate) => candidate === value && candidate !== silent);
  return found as Exclude<Known, Default> | undefined;
}

export function exploreSearch(search: Record<string, unknown>): ExploreSearch {
  return {
    ...parseRange(search),
    ...filterSearch(search),
    ...optional('metric', text(search['metric'])),
    ...optional('event', text(search['event'])),
    ...optional('measure', oneOf(Object.keys(measures) as Measure[], search['measure'], 'events')),
    ...optional('field', text(search['field'])),
    ...optional('interval', oneOf(intervals, search['interval'], 'day')),
    ...optional('view', oneOf(views, search['view'], 'line')),
    ...optional('compare', isComparison(search['compare']) ? search['compare'] : undefined),
  };
}

/** The values of a breakdown that are drawn; the others come together. */
export const seriesMax = 5;

/** What the address asks the server; null while the field of a measure is missing. */
export function exploreQuestion(
  search: ExploreSearch,
  range: DateRange,
): { kind: QuestionKind; question: Question } | null {
  const common = {
    from: range.from,
    to: range.to,
    ...narrowing(search),
    top: seriesMax,
    interval: search.interval ?? 'day',
    ...(search.compare ? { compare: search.compare } : {}),
  };
  if (search.metric) return { kind: 'metrics', question: { ...common, metrics: [search.metric] } };
  const measure = search.measure ?? 'events';
  if (needsField(measure) && !search.field) return null;
  const series = {
    ...(search.event ? { event: search.event } : {}),
    measure,
    ...(needsField(measure) ? { field: search.field } : {}),
  };
  return { kind: 'trend', question: { ...common, series: [series] } };
}

/** How a number reads; `unit` is the catalogue's, and its money is in the project's currency. */
export function numberKind(search: ExploreSearch, unit: string, currency: string): NumberKind {
  if (!search.metric) return search.measure === 'revenue' || search.field === 'revenue' ? 'money' : 'count';
  if (unit === 'share' || unit === 'minutes') return unit;
  return unit === currency ? 'money' : 'count';
}
