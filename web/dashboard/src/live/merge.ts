import type { FeedEntry } from '../api/types';

export interface FeedItem {
  id: number;
  entry: FeedEntry;
}

// Feed entries carry no id. Two that agree in all of this are the same event seen on two ways.
export const entryKey = (entry: FeedEntry): string =>
  JSON.stringify([
    entry.received_at,
    entry.time,
    entry.event,
    entry.player_id,
    entry.revenue ?? null,
    entry.properties ?? null,
  ]);

/** A multiset: a burst may hold equal entries, and each of them counts. */
export class KeyCounts {
  private readonly counts = new Map<string, number>();

  constructor(keys: Iterable<string> = []) {
    for (const key of keys) this.add(key);
  }

  add(key: string): void {
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  /** True when one was there to take. */
  take(key: string): boolean {
    const count = this.counts.get(key) ?? 0;
    if (count === 0) return false;
    if (count === 1) this.counts.delete(key);
    else this.counts.set(key, count - 1);
    return true;
  }
}

/** The entries of a snapshot that are not held yet, in the snapshot's order (newest first). */
export function missingEntries(held: FeedItem[], snapshot: FeedEntry[]): FeedEntry[] {
  const known = new KeyCounts(held.map((item) => entryKey(item.entry)));
  return snapshot.filter((entry) => !known.take(entryKey(entry)));
}

export function newestFirst(items: FeedItem[], limit: number): FeedItem[] {
  return items
    .toSorted((a, b) => b.entry.received_at.localeCompare(a.entry.received_at) || b.id - a.id)
    .slice(0, limit);
}

/** Every word must occur somewhere in the event: its name, player, country, platform, build or properties. */
export function matchesFilter(entry: FeedEntry, filter: string): boolean {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return true;
  const properties = entry.properties ? JSON.stringify(entry.properties) : '';
  const text = [entry.event, entry.player_id, entry.country, entry.platform, entry.build, properties]
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}
