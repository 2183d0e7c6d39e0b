// Every view is an address: these types are the single source of truth for filters, ranges and toggles.

import { parseRange, type RangeSearch } from './range';

export interface OverviewSearch extends RangeSearch {
  compare?: 'previous';
  cells?: 'players';
  cohorts?: 'all';
  /** Charts shown as tables: their names, joined by dots. */
  tables?: string;
}

export interface LiveSearch extends RangeSearch {
  q?: string;
  tables?: string;
}

export interface RejectedSearch extends RangeSearch {
  reason?: string;
  before?: number;
}

/** What every page keeps of an address. */
export interface RootSearch extends RangeSearch {
  /** Which project, for somebody who is signed in and may open several; a project key is of one. */
  project?: number;
  /** Charts without what happened on their days. */
  marks?: 'none';
}

export function rootSearch(search: Record<string, unknown>): RootSearch {
  const project = Number(search['project']);
  return {
    ...parseRange(search),
    ...optional('project', Number.isSafeInteger(project) && project > 0 ? project : undefined),
    ...optional('marks', search['marks'] === 'none' ? ('none' as const) : undefined),
  };
}

export const text = (value: unknown, longest = 200): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.slice(0, longest) : undefined;

export const optional = <Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>> =>
  value === undefined ? {} : ({ [name]: value } as Record<Name, Value>);

export function overviewSearch(search: Record<string, unknown>): OverviewSearch {
  return {
    ...parseRange(search),
    ...optional('compare', search['compare'] === 'previous' ? ('previous' as const) : undefined),
    ...optional('cells', search['cells'] === 'players' ? ('players' as const) : undefined),
    ...optional('cohorts', search['cohorts'] === 'all' ? ('all' as const) : undefined),
    ...optional('tables', text(search['tables'])),
  };
}

export const liveSearch = (search: Record<string, unknown>): LiveSearch => ({
  ...parseRange(search),
  ...optional('q', text(search['q'])),
  ...optional('tables', text(search['tables'])),
});

export function rejectedSearch(search: Record<string, unknown>): RejectedSearch {
  const before = Number(search['before']);
  return {
    ...parseRange(search),
    ...optional('reason', text(search['reason'])),
    ...optional(
      'before',
      search['before'] !== undefined && Number.isSafeInteger(before) && before >= 0 ? before : undefined,
    ),
  };
}

/** Plain name=value pairs, readable in an address bar; no JSON. */
export function parseSearch(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query));
}

export function queryText(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null) parameters.set(name, String(value));
  }
  return parameters.toString();
}

export function stringifySearch(search: Record<string, unknown>): string {
  const query = queryText(search);
  return query === '' ? '' : `?${query}`;
}

export const showsTable = (tables: string | undefined, name: string): boolean =>
  (tables ?? '').split('.').includes(name);

export function toggleTable(tables: string | undefined, name: string): string | undefined {
  const names = (tables ?? '').split('.').filter((known) => known !== '');
  const next = names.includes(name) ? names.filter((known) => known !== name) : [...names, name];
  return next.length > 0 ? next.join('.') : undefined;
}
