import { expect, test } from 'vitest';
import type { RejectedRow } from '../api/types';
import { mended, proposal, whyNotAgain } from './replay';

const row = (raw: string, change: Partial<RejectedRow> = {}): RejectedRow => ({
  offset: 12,
  received_at: '2026-11-20T10:00:00.000Z',
  reason: 'player_id_missing',
  detail: '',
  source: 'native',
  raw,
  ...change,
});

test('an event without time and id gets the moment that it came, and an id that is the same each time', () => {
  const first = JSON.parse(proposal(row('{"event":"level_start"}')));
  expect(first).toMatchObject({ event: 'level_start', time: '2026-11-20T10:00:00.000Z' });
  expect(first.event_id).toMatch(/^again-12-[0-9a-f]{8}$/);
  expect(JSON.parse(proposal(row('{"event":"level_start"}'))).event_id).toBe(first.event_id);
  expect(JSON.parse(proposal(row('{"event":"level_end"}'))).event_id).not.toBe(first.event_id);
});

test('what the event says of itself is kept', () => {
  expect(JSON.parse(proposal(row('{"event":"x","event_id":"e1","time":5}')))).toEqual({ event: 'x', event_id: 'e1', time: 5 });
});

test('what is no event of the native form is not sent again, with a reason', () => {
  expect(whyNotAgain(row('{"event":"x"}'))).toBeNull();
  expect(whyNotAgain(row('{"event":"x"}', { source: 'posthog' }))).toMatch(/language of posthog/);
  for (const raw of ['{"event":', '[1]', 'null', '"x"']) expect(whyNotAgain(row(raw))).toMatch(/no event/);
});

test('a mended text is one object', () => {
  expect(mended('{"event":"x"}')).toEqual({ event: { event: 'x' } });
  expect(mended('[]')).toEqual({ problem: 'An event is one JSON object.' });
  expect(mended('{')).toHaveProperty('problem');
});
