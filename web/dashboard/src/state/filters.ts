// Filters and breakdown as they stand in an address: readable, without JSON, and safe against any value.
//   filters=country:in:DE,FR;property.level:greater:10        breakdown=country,platform
import type { Condition } from '../api/questions';

export const operators = {
  equals: 'is',
  not_equals: 'is not',
  in: 'is one of',
  not_in: 'is none of',
  contains: 'contains',
  not_contains: 'does not contain',
  starts_with: 'starts with',
  greater: '>',
  greater_or_equal: '≥',
  less: '<',
  less_or_equal: '≤',
  matches: 'matches',
  set: 'is set',
  not_set: 'is not set',
} as const;
export type Operator = keyof typeof operators;

export interface Filter {
  field: string;
  is: Operator;
  values: string[];
}

export interface FilterSearch {
  filters?: string;
  breakdown?: string;
}

/** Fields every event or player has; `property.` and `player.property.` take any name behind them. */
export const eventFields = ['country', 'platform', 'device', 'build', 'source', 'event', 'session', 'revenue'];
export const playerFields = [
  'player.country',
  'player.platform',
  'player.build',
  'player.first_day',
  'player.events',
  'player.sessions',
  'player.revenue',
];

const limits = { filters: 20, breakdown: 3, text: 2000 };
const takesMany = (is: Operator) => is === 'in' || is === 'not_in';
export const takesNone = (is: Operator) => is === 'set' || is === 'not_set';

// The separators are escaped with a sign that addresses leave alone.
const escapes: [string, string][] = [
  ['~', '~0'],
  [';', '~1'],
  [':', '~2'],
  [',', '~3'],
];
const escape = (text: string) => escapes.reduce((done, [plain, code]) => done.replaceAll(plain, code), text);
const unescape = (text: string) =>
  escapes.toReversed().reduce((done, [plain, code]) => done.replaceAll(code, plain), text);

export const isField = (name: string): boolean =>
  eventFields.includes(name) || playerFields.includes(name) || /^(player\.)?property\..+/.test(name);

/** "player.first_day" as it reads: "player first day". */
export const fieldName = (field: string): string =>
  field
    .replace(/^player\./, 'player ')
    .replace(/property\./, '')
    .replaceAll('_', ' ');

function readFilter(text: string): Filter[] {
  const [field, is, given] = text.split(':');
  if (field === undefined || is === undefined || !isField(unescape(field)) || !Object.hasOwn(operators, is)) return [];
  const values = (given ?? '')
    .split(',')
    .map(unescape)
    .filter((value) => value !== '');
  const operator = is as Operator;
  if (!takesNone(operator) && values.length === 0) return [];
  return [{ field: unescape(field), is: operator, values: takesNone(operator) ? [] : values }];
}

/** Keeps what is valid and drops the rest, as every part of an address. */
export const readFilters = (text: string | undefined): Filter[] =>
  (text ?? '').split(';').flatMap(readFilter).slice(0, limits.filters);

export function writeFilters(filters: Filter[]): string | undefined {
  const parts = filters.map(({ field, is, values }) =>
    [escape(field), is, ...(values.length > 0 ? [values.map(escape).join(',')] : [])].join(':'),
  );
  return parts.length > 0 ? parts.join(';') : undefined;
}

export const readBreakdown = (text: string | undefined): string[] =>
  [...new Set((text ?? '').split(',').map(unescape))].filter(isField).slice(0, limits.breakdown);

export const writeBreakdown = (fields: string[]): string | undefined =>
  fields.length > 0 ? fields.map(escape).join(',') : undefined;

export function filterSearch(search: Record<string, unknown>): FilterSearch {
  const text = (name: string) => {
    const given = search[name];
    return typeof given === 'string' ? given.slice(0, limits.text) : undefined;
  };
  const filters = writeFilters(readFilters(text('filters')));
  const breakdown = writeBreakdown(readBreakdown(text('breakdown')));
  return { ...(filters ? { filters } : {}), ...(breakdown ? { breakdown } : {}) };
}

const orders: Operator[] = ['greater', 'greater_or_equal', 'less', 'less_or_equal'];

function condition({ field, is, values }: Filter): Condition {
  if (takesNone(is)) return { field, is };
  if (takesMany(is)) return { field, is, values };
  const text = values.join(',');
  const number = Number(text);
  return { field, is, value: orders.includes(is) && Number.isFinite(number) ? number : text };
}

/** The members of a question that stand for the filter bar; without filters and breakdown there are none. */
export function narrowing(search: FilterSearch): { filter?: Condition; breakdown?: string[] } {
  const filters = readFilters(search.filters);
  const breakdown = readBreakdown(search.breakdown);
  return {
    ...(filters.length > 0 ? { filter: { all: filters.map(condition) } } : {}),
    ...(breakdown.length > 0 ? { breakdown } : {}),
  };
}
