import type { FeedEntry, LiveAnswer, RejectedAnswer, RejectedRow } from '../api/types';

/** How far the server was when the page began to watch; by its own clock, since the browser's may be wrong. */
export interface Mark {
  receivedAt: string;
  refusedOffset: number;
}

/** Before the first event of a project everything is new. */
export const beginning: Mark = { receivedAt: '', refusedOffset: -1 };

export const markOf = (live: LiveAnswer, rejected: RejectedAnswer): Mark => ({
  receivedAt: live.events.reduce((newest, { received_at }) => (received_at > newest ? received_at : newest), ''),
  refusedOffset: rejected.rows.reduce((last, { offset }) => Math.max(last, offset), -1),
});

export interface Arrivals {
  /** The first that came. */
  first: FeedEntry | null;
  events: number;
  refused: RejectedRow[];
}

/** What came after the mark. The live answer holds a hundred events at most; how many more there were does not matter here. */
export function arrivalsSince(mark: Mark, live: LiveAnswer, rejected: RejectedAnswer): Arrivals {
  const fresh = live.events.filter(({ received_at }) => received_at > mark.receivedAt);
  const first = fresh.reduce<FeedEntry | null>(
    (earliest, entry) => (earliest === null || entry.received_at < earliest.received_at ? entry : earliest),
    null,
  );
  return { first, events: fresh.length, refused: rejected.rows.filter(({ offset }) => offset > mark.refusedOffset) };
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Asks in which language an event came, which the live feed does not say. */
export const languageStatement = ({ event, player_id, received_at }: FeedEntry): string =>
  `SELECT source FROM events WHERE event = ${quoted(event)} AND player_id = ${quoted(player_id)}
AND received_at >= TIMESTAMP ${quoted(received_at.replace('Z', ''))} ORDER BY received_at LIMIT 1`;
