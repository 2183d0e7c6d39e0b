import { parseRange, type RangeSearch } from '../state/range';
import { firstSender, senderIds, type SenderId } from './sender_ids';

export interface SetupSearch extends RangeSearch {
  /** What sends the events, where it is not the first of the list. */
  sender?: SenderId;
}

export function setupSearch(search: Record<string, unknown>): SetupSearch {
  const known = senderIds.find((id) => id === search['sender']);
  return { ...parseRange(search), ...(known === undefined || known === firstSender ? {} : { sender: known }) };
}
