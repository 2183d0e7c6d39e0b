import { parseRange, type RangeSearch } from './range';

/** What every page of questions keeps in its address. */
export interface InsightSearch extends RangeSearch {
  compare?: 'previous';
  /** Charts shown as tables: their names, joined by dots. */
  tables?: string;
}

const longest = 200;

/** A text of an address, or none where it is empty. */
export const textIn = (search: Record<string, unknown>, name: string): string | undefined => {
  const value = search[name];
  return typeof value === 'string' && value.trim() !== '' ? value.slice(0, longest) : undefined;
};

export function insightSearch(search: Record<string, unknown>): InsightSearch {
  const tables = textIn(search, 'tables');
  return {
    ...parseRange(search),
    ...(search['compare'] === 'previous' ? { compare: 'previous' as const } : {}),
    ...(tables === undefined ? {} : { tables }),
  };
}
