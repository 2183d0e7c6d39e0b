import type { RejectedRow } from '../api/types';

/** Why a refused event cannot be sent again from here; null: it can. */
export function whyNotAgain(row: RejectedRow): string | null {
  if (row.source !== 'native') return `What came in the language of ${row.source} is sent again by its own SDK, once that is mended.`;
  return eventOf(row.raw) === null ? 'These bytes are no event of their own that could be mended.' : null;
}

function eventOf(raw: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** 32 bits of FNV-1a: tells events of one log position apart, which is all it is for. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/**
 * The event as a text to mend. An event without a time happened when it came, not when it is sent again; one without an id gets one that
 * is the same at every attempt, so that it is counted once however often it is sent.
 */
export function proposal(row: RejectedRow): string {
  const event = eventOf(row.raw) ?? {};
  const filled = {
    ...event,
    event_id: event['event_id'] ?? `again-${row.offset}-${fingerprint(row.raw)}`,
    time: event['time'] ?? row.received_at,
  };
  return JSON.stringify(filled, null, 2);
}

/** The mended text as an event, or what keeps it from being one. */
export function mended(text: string): { event: Record<string, unknown> } | { problem: string } {
  try {
    JSON.parse(text);
  } catch (error) {
    return { problem: `This is not JSON: ${(error as Error).message}` };
  }
  const event = eventOf(text);
  return event === null ? { problem: 'An event is one JSON object.' } : { event };
}
