import { filterSearch, type FilterSearch } from './filters';
import { isComparison, type Comparison } from './compare';
import { parseRange, type RangeSearch } from './range';

/** What every page of questions keeps in its address. */
export interface InsightSearch extends RangeSearch, FilterSearch {
  compare?: Comparison;
  /** Charts shown as tables: their names, joined by dots. */
  tables?: string;
}

export interface EconomySearch extends InsightSearch {
  currency?: string;
}

export interface PathsSearch extends InsightSearch {
  begin?: string;
  end?: string;
  depth?: number;
  per?: 'player';
}

const longest = 200;

/** A text of an address under its name, or nothing where it is empty. */
function text<Name extends string>(search: Record<string, unknown>, name: Name): Partial<Record<Name, string>> {
  const value = search[name];
  const kept = typeof value === 'string' && value.trim() !== '' ? { [name]: value.slice(0, longest) } : {};
  return kept as Partial<Record<Name, string>>;
}

export const insightSearch = (search: Record<string, unknown>): InsightSearch => ({
  ...parseRange(search),
  ...filterSearch(search),
  ...(isComparison(search['compare']) ? { compare: search['compare'] } : {}),
  ...text(search, 'tables'),
});

export const economySearch = (search: Record<string, unknown>): EconomySearch => ({
  ...insightSearch(search),
  ...text(search, 'currency'),
});

export const depths = [2, 3, 4, 5, 6];
export const defaultDepth = 4;

export function pathsSearch(search: Record<string, unknown>): PathsSearch {
  const depth = Number(search['depth']);
  return {
    ...insightSearch(search),
    ...text(search, 'begin'),
    ...text(search, 'end'),
    ...(depths.includes(depth) && depth !== defaultDepth ? { depth } : {}),
    ...(search['per'] === 'player' ? { per: 'player' as const } : {}),
  };
}
