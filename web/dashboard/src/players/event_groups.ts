import type { FeedEntry } from '../api/types';
import { spanInTwoUnits } from '../format/durations';

/** What happened without a longer pause, newest first, as the timeline shows it. */
export interface EventGroup {
  startedAt: string;
  endedAt: string;
  events: FeedEntry[];
}

/** The server's own default for the pause that ends a session; a timeline's events do not name theirs. */
export const pauseMinutes = 30;
const pauseMs = pauseMinutes * 60_000;

/** A group ends at a pause, or where the game says that another session starts. */
export function groupEvents(newestFirst: FeedEntry[]): EventGroup[] {
  const groups: EventGroup[] = [];
  let started = false;
  for (const event of newestFirst.toReversed()) {
    const current = groups.at(-1);
    const begins = event.event === 'session_start';
    const continues =
      current !== undefined && Date.parse(event.time) - Date.parse(current.endedAt) <= pauseMs && !(begins && started);
    if (continues) {
      current.events.unshift(event);
      current.endedAt = event.time;
      started ||= begins;
    } else {
      groups.push({ startedAt: event.time, endedAt: event.time, events: [event] });
      started = begins;
    }
  }
  return groups.toReversed();
}

/** Every word has to be in the event's name or in one of its values. */
export function matchesWords(event: FeedEntry, words: string): boolean {
  const text = [event.event, event.platform, event.build, event.country, JSON.stringify(event.properties ?? {})]
    .join(' ')
    .toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export const duration = (fromIso: string, toIso: string): string =>
  spanInTwoUnits(Math.max(0, Math.round((Date.parse(toIso) - Date.parse(fromIso)) / 1000)));
