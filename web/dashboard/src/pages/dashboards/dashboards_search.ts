import { parseRange, type RangeSearch } from '../../state/range';
import { optional, text } from '../../state/search';

export interface DashboardsSearch extends RangeSearch {
  /** The id of a board that is kept. */
  board?: string;
  /** A whole board. */
  shared?: string;
  /** Seconds that each board is shown for on a screen on the wall. */
  tv?: number;
}

/** Servers and proxies end longer addresses; the server's own limit is http.header_bytes_max. */
export const longestLink = 6000;
export const usualTvSeconds = 30;
const tvSeconds = { least: 3, most: 3600 };

export function dashboardsSearch(search: Record<string, unknown>): DashboardsSearch {
  const tv = Number(search['tv']);
  const isTv = search['tv'] !== undefined && Number.isInteger(tv) && tv >= tvSeconds.least && tv <= tvSeconds.most;
  return {
    ...parseRange(search),
    ...optional('board', text(search['board'], 40)),
    ...optional('shared', text(search['shared'], 2 * longestLink)),
    ...optional('tv', isTv ? tv : undefined),
  };
}
