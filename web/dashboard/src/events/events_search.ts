import { parseRange, type RangeSearch } from '../state/range';
import { optional, text } from '../state/search';

export const orders = ['events', 'event', 'last'] as const;
export type EventOrder = (typeof orders)[number];

export interface EventsSearch extends RangeSearch {
  /** Words that a name has to hold. */
  q?: string;
  order?: EventOrder;
  event?: string;
}

const isOrder = (value: unknown): value is EventOrder => (orders as readonly unknown[]).includes(value);

export const eventsSearch = (search: Record<string, unknown>): EventsSearch => ({
  ...parseRange(search),
  ...optional('q', text(search['q'])),
  ...optional('order', isOrder(search['order']) && search['order'] !== 'events' ? search['order'] : undefined),
  ...optional('event', text(search['event'])),
});
