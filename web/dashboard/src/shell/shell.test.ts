import { expect, test } from 'vitest';
import type { PipelineAnswer } from '../api/types';
import { isBehind } from './shell';

const now = Date.parse('2026-11-04T10:00:00Z');
const pipeline = (lag: number, secondsAgo: number | null): PipelineAnswer => ({
  log_end: 1000,
  processed: 1000 - lag,
  lag_events: lag,
  stored: 900,
  duplicates: 0,
  rejected: 0,
  last_commit_at: secondsAgo === null ? null : new Date(now - secondsAgo * 1000).toISOString(),
});

test('a few events on their way are normal; many, or none getting through, are not', () => {
  expect(isBehind(pipeline(7, 1), now)).toBe(false);
  expect(isBehind(pipeline(501, 1), now)).toBe(true);
  expect(isBehind(pipeline(7, 60), now)).toBe(true);
  expect(isBehind(pipeline(7, null), now)).toBe(true);
  expect(isBehind(pipeline(0, 3600), now)).toBe(false);
});
