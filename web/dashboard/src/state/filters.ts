// Filters and breakdown as they stand in an address: readable, without JSON, and safe against any value.
//   filters=country:in:DE,FR;property.level:greater:10        breakdown=country,platform
//   filters=did:purchase:2:30;did_not:ad_click:1:0            twice or more in 30 days; never in the range
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

export interface FieldFilter {
  field: string;
  is: Operator;
  values: string[];
}

/** What a player did, or did not do, `atLeast` times in the `days` that end with the range; 0 days: in the range. */
export interface DoneFilter {
  did: boolean;
  /** Empty: any event. */
  event: string;
  atLeast: number;
  days: number;
  /** Only those of the events count for which this holds. */
  where?: FieldFilter;
}
export type Filter = FieldFilter | DoneFilter;

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

export const limits = { filters: 20, breakdown: 3, text: 2000, times: 1_000_000, days: 400 };
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

const isCount = (value: number, most: number) => Number.isInteger(value) && value >= 0 && value <= most;

function readDone(did: boolean, [event, times, days, ...where]: string[]): Filter[] {
  const [atLeast, within] = [Number(times), Number(days)];
  if (event === undefined || !isCount(atLeast, limits.times) || atLeast === 0 || !isCount(within, limits.days))
    return [];
  const condition = where.length > 0 ? readField(where)[0] : undefined;
  return [{ did, event: unescape(event), atLeast, days: within, ...(condition ? { where: condition } : {}) }];
}

function readFilter(text: string): Filter[] {
  const parts = text.split(':');
  if (parts[0] === 'did' || parts[0] === 'did_not') return readDone(parts[0] === 'did', parts.slice(1));
  return readField(parts);
}

function readField([field, is, given]: string[]): FieldFilter[] {
  if (field === undefined || is === undefined || !isField(unescape(field)) || !Object.hasOwn(operators, is)) return [];
  const values = (given ?? '')
    .split(',')
    .map(unescape)
    .filter((value) => value !== '');
  const operator = is as Operator;
  if (!takesNone(operator) && values.length === 0) return [];
  return [{ field: unescape(field), is: operator, values: takesNone(operator) ? [] : values }];
}

const fieldText = ({ field, is, values }: FieldFilter) =>
  [fieldName(field), operators[is], values.join(', ')].filter(Boolean).join(' ');

function doneText({ did, event, atLeast, days, where }: DoneFilter): string {
  const times = atLeast === 1 ? '' : ` ${atLeast} times or more`;
  const when = days === 0 ? 'in the range' : days === 1 ? 'on the last day' : `in the last ${days} days`;
  return `${did ? 'did' : 'did not'} ${event || 'any event'}${where ? ` (${fieldText(where)})` : ''}${times} ${when}`;
}

/** A filter as it reads on its chip. */
export const filterText = (filter: Filter): string => ('field' in filter ? fieldText(filter) : doneText(filter));

/** Keeps what is valid and drops the rest, as every part of an address. */
export const readFilters = (text: string | undefined): Filter[] =>
  (text ?? '').split(';').flatMap(readFilter).slice(0, limits.filters);

const writeField = ({ field, is, values }: FieldFilter): string =>
  [escape(field), is, ...(values.length > 0 ? [values.map(escape).join(',')] : [])].join(':');

const writeDone = ({ did, event, atLeast, days, where }: DoneFilter): string =>
  [did ? 'did' : 'did_not', escape(event), atLeast, days, ...(where ? [writeField(where)] : [])].join(':');

export function writeFilters(filters: Filter[]): string | undefined {
  const parts = filters.map((filter) => ('field' in filter ? writeField(filter) : writeDone(filter)));
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

function doneCondition({ did, event, atLeast, days, where }: DoneFilter): Condition {
  const rest = { at_least: atLeast, days, ...(where ? { where: fieldCondition(where) } : {}) };
  return did ? { did: event || null, ...rest } : { did_not: event || null, ...rest };
}

const condition = (filter: Filter): Condition => ('field' in filter ? fieldCondition(filter) : doneCondition(filter));

function fieldCondition({ field, is, values }: FieldFilter): Condition {
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
