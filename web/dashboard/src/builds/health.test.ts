import { expect, test } from 'vitest';
import { healthQuestion, healthRows, series, valueName } from './health';

const count = (letter: string, build: string | null, value: number | null, other = false) => ({
  series: letter,
  build,
  other,
  value,
});

test('a build has its numbers and its shares; one without players in the range is none', () => {
  const counts = [
    count('A', '1.0', 10),
    count('A', '1.1', 40),
    count('B', '1.1', 3),
    count('D', '1.1', 7),
    count('A', '0.9', 0),
    count('E', '0.9', 2),
    count('A', null, 12, true),
  ];
  const shares = [{ metric: 'crash_free_players', build: '1.1', other: false, value: 0.925 }];
  const rows = healthRows(counts, shares, 'build');
  expect(rows.map(valueName)).toEqual(['1.1', 'All others', '1.0']);
  expect(rows[0]).toEqual({
    value: '1.1',
    other: false,
    players: 40,
    crashed: 3,
    failed: 0,
    crashes: 7,
    errors: 0,
    crashFreePlayers: 0.925,
    crashFreeSessions: null,
  });
});

test('letters are the places of the series in the question', () => {
  const asked = healthQuestion({ from: '2026-11-01', to: '2026-11-02' }, 'device')['series'] as object[];
  series.forEach(({ letter, asked: one }) => expect(asked[letter.charCodeAt(0) - 65]).toEqual(one));
});
