import { expect, test } from 'vitest';
import { everyCount } from './days_active';
import { intervalName, lifecycleOf } from './states';

test('each state has a number for each date, and who is missing is nobody', () => {
  const rows = [
    { date: '2026-11-02', state: 'new' as const, players: 3 },
    { date: '2026-11-01', state: 'dormant' as const, players: 2 },
  ];
  expect(lifecycleOf(rows, 'day', '2026-11-02')).toEqual({
    dates: ['2026-11-01', '2026-11-02'],
    players: { returning: [0, 0], resurrected: [0, 0], new: [0, 3], dormant: [2, 0] },
    provisional: [false, true],
  });
});

test('a week and a month are open until their last day has ended', () => {
  const open = (interval: 'week' | 'month', date: string, today: string) =>
    lifecycleOf([{ date, state: 'new', players: 1 }], interval, today).provisional[0];
  expect(open('week', '2026-11-02', '2026-11-08')).toBe(true);
  expect(open('week', '2026-11-02', '2026-11-09')).toBe(false);
  expect(open('month', '2028-02-01', '2028-02-29')).toBe(true);
  expect(open('month', '2028-02-01', '2028-03-01')).toBe(false);
});

test('an interval is named by its days', () => {
  expect(intervalName('week', '2026-11-02').long).toMatch(/^Nov 2\s–\s8, 2026$/);
  expect(intervalName('month', '2026-11-01').short).toBe('Nov 2026');
});

test('day counts that nobody has are in the row all the same', () => {
  expect(everyCount([{ days: 3, players: 4 }])).toEqual([
    { days: 1, players: 0 },
    { days: 2, players: 0 },
    { days: 3, players: 4 },
  ]);
  expect(everyCount([])).toEqual([]);
});
