import { parseRange, type RangeSearch } from '../../state/range';

export interface SqlSearch extends RangeSearch {
  sql?: string;
}

// Addresses are sent to the server as a part of the headers, and those have a limit (http.header_bytes_max, 8 KiB).
const addressMax = 5000;

/** What an address can carry of a statement: all of it or nothing, since half a statement is another one. */
export const fitsAddress = (sql: string): boolean => new URLSearchParams({ sql }).toString().length <= addressMax;

export function sqlSearch(search: Record<string, unknown>): SqlSearch {
  const { sql } = search;
  return {
    ...parseRange(search),
    ...(typeof sql === 'string' && sql.trim() !== '' && fitsAddress(sql) ? { sql } : {}),
  };
}
