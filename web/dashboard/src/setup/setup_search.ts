import { parseRange, type RangeSearch } from '../state/range';
import { firstSender, senders } from './senders';

export interface SetupSearch extends RangeSearch {
  /** What sends the events, where it is not the first of the list. */
  sender?: string;
}

export function setupSearch(search: Record<string, unknown>): SetupSearch {
  const known = senders.find(({ id }) => id === search['sender'])?.id;
  return { ...parseRange(search), ...(known === undefined || known === firstSender ? {} : { sender: known }) };
}
