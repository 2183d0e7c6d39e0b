import type { FeedEntry } from '../api/types';
import { spanInTwoUnits } from '../format/durations';

/** What happened without a longer pause, newest first, as the timeline shows it. */
export interface EventGroup {
  startedAt: string;
  endedAt: string;
  events: FeedEntry[];
}

/** The server's own defaults for the pauses that end a session; a timeline's events do not name theirs. */
export const pauseMinutes = 30;
const pauseMs = pauseMinutes * 60_000;
const markedPauseMs = 5000;

/** As the server finds sessions without an id: a pause ends one, a short one where the game says that a session starts or ends. */
export function groupEvents(newestFirst: FeedEntry[]): EventGroup[] {
  const groups: EventGroup[] = [];
  for (const event of newestFirst.toReversed()) {
    const current = groups.at(-1);
    const marked = event.event === 'session_start' || current?.events[0]?.event === 'session_end';
    const silence = current === undefined ? Infinity : Date.parse(event.time) - Date.parse(current.endedAt);
    if (current !== undefined && silence <= (marked ? markedPauseMs : pauseMs)) {
      current.events.unshift(event);
      current.endedAt = event.time;
    } else {
      groups.push({ startedAt: event.time, endedAt: event.time, events: [event] });
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
