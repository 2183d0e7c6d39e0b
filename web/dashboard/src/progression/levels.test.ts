import { expect, test } from 'vitest';
import { causeOf, median, typicalLevel, walls, type LevelRow } from './levels';

const level = (name: string, change: Partial<LevelRow>): LevelRow => ({
  level: name,
  starts: 100,
  fails: 20,
  completes: 80,
  players: 100,
  completed: 80,
  dropped: 1,
  completion: 0.8,
  fail_rate: 0.2,
  mean_attempts: 1.2,
  drop_off: 0.01,
  wall: false,
  ...change,
});

test('walls come by the players they lose, and only those that the server marks', () => {
  const levels = [
    level('9', { dropped: 50 }),
    level('10', { wall: true, dropped: 5 }),
    level('20', { wall: true, dropped: 9 }),
  ];
  expect(walls(levels).map((one) => one.level)).toEqual(['20', '10']);
});

test('the usual level is the middle one of those that enough players reached', () => {
  const levels = [
    level('1', { drop_off: 0.01 }),
    level('2', { drop_off: 0.03 }),
    level('3', { drop_off: 0.02 }),
    level('4', { players: 2, drop_off: 1 }),
  ];
  expect(typicalLevel(levels, 30)).toEqual({ dropOff: 0.02, failRate: 0.2 });
  expect(typicalLevel([], 30)).toEqual({ dropOff: null, failRate: null });
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('a wall is hard when its attempts fail clearly more often, else people leave for another reason', () => {
  const typical = { dropOff: 0.01, failRate: 0.2 };
  expect(causeOf(level('10', { fail_rate: 0.5 }), typical)).toBe('difficulty');
  expect(causeOf(level('24', { fail_rate: 0.22 }), typical)).toBe('other');
  expect(causeOf(level('5', { fail_rate: null }), typical)).toBe('other');
});
