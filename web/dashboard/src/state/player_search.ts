import { playerColumns, type Direction, type PlayerColumn } from '../players/player_order';
import { parseRange, type RangeSearch } from './range';

export interface PlayersSearch extends RangeSearch {
  q?: string;
  sort?: PlayerColumn;
  direction?: Direction;
  page?: number;
}

export interface PlayerSearch extends RangeSearch {
  /** Words that events of the timeline have to hold. */
  words?: string;
}

const longest = 200;
const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.slice(0, longest) : null;
const isColumn = (value: unknown): value is PlayerColumn => (playerColumns as readonly unknown[]).includes(value);

export function playersSearch(search: Record<string, unknown>): PlayersSearch {
  const [q, page] = [text(search['q']), Number(search['page'])];
  const { sort, direction } = search;
  return {
    ...parseRange(search),
    ...(q === null ? {} : { q }),
    ...(isColumn(sort) ? { sort } : {}),
    ...(direction === 'asc' || direction === 'desc' ? { direction } : {}),
    ...(Number.isSafeInteger(page) && page > 1 ? { page } : {}),
  };
}

export function playerSearch(search: Record<string, unknown>): PlayerSearch {
  const words = text(search['words']);
  return { ...parseRange(search), ...(words === null ? {} : { words }) };
}
