import { describe, expect, test } from 'vitest';
import { endedPart, parseRange, previousRange, resolveRange } from './range';
import { economySearch, pathsSearch } from './insight_search';
import {
  liveSearch,
  overviewSearch,
  parseSearch,
  rejectedSearch,
  showsTable,
  stringifySearch,
  toggleTable,
} from './search';

describe('range', () => {
  test('presets end today and move with the calendar', () => {
    expect(resolveRange({}, '2026-11-23')).toEqual({ from: '2026-10-25', to: '2026-11-23', preset: '30d', days: 30 });
    expect(resolveRange({ range: '7d' }, '2026-11-23')).toMatchObject({ from: '2026-11-17', days: 7 });
  });

  test('fixed dates win over a preset, and are put in order', () => {
    const search = parseRange({ range: '7d', from: '2026-11-09', to: '2026-11-02' });
    expect(search).toEqual({ from: '2026-11-02', to: '2026-11-09' });
    expect(resolveRange(search, '2026-11-23')).toMatchObject({ preset: null, days: 8 });
  });

  test('nonsense shows the default range', () => {
    for (const search of [
      { range: '5y' },
      { from: '2026-02-30', to: '2026-03-01' },
      { from: '2026-01-01' },
      { range: 7 },
    ])
      expect(parseRange(search)).toEqual({});
  });

  test('a range is never longer than its limit', () => {
    expect(parseRange({ from: '1999-01-01', to: '2026-11-23' })).toEqual({ from: '2025-10-20', to: '2026-11-23' });
  });

  test('the previous range has the same length and touches', () => {
    expect(previousRange({ from: '2026-11-01', to: '2026-11-07' })).toEqual({ from: '2026-10-25', to: '2026-10-31' });
  });
});

describe('search', () => {
  test('an address survives reading and writing', () => {
    for (const query of [
      '',
      '?range=90d&compare=previous&cells=players&tables=players.revenue',
      '?from=2026-11-01&to=2026-11-05&cohorts=all',
    ]) {
      expect(stringifySearch(overviewSearch(parseSearch(query)) as Record<string, unknown>)).toBe(query);
    }
    expect(stringifySearch(liveSearch(parseSearch('?q=p-17%20DE')) as Record<string, unknown>)).toBe('?q=p-17+DE');
    expect(
      stringifySearch(rejectedSearch(parseSearch('?reason=player_id_missing&before=120')) as Record<string, unknown>),
    ).toBe('?reason=player_id_missing&before=120');
  });

  test('unknown and broken parts are dropped', () => {
    expect(overviewSearch({ compare: 'x', cells: '1', cohorts: 'some', tables: ' ', other: 1 })).toEqual({});
    expect(rejectedSearch({ before: 'abc' })).toEqual({});
    expect(rejectedSearch({ before: '-1' })).toEqual({});
  });

  test('tables are toggled one by one', () => {
    const one = toggleTable(undefined, 'players');
    const two = toggleTable(one, 'revenue');
    expect(two).toBe('players.revenue');
    expect(showsTable(two, 'revenue')).toBe(true);
    expect(showsTable(two, 'rev')).toBe(false);
    expect(toggleTable(toggleTable(two, 'players'), 'revenue')).toBeUndefined();
  });
});

test('pages of questions keep what they can ask for, and drop the rest', () => {
  expect(pathsSearch({ begin: 'a', end: ' ', depth: '3', per: 'player', compare: 'previous' })).toEqual({
    begin: 'a',
    depth: 3,
    per: 'player',
    compare: 'previous',
  });
  expect(pathsSearch({ depth: '99', per: 'device' })).toEqual({});
  expect(economySearch({ currency: 'gems', tables: 'flow' })).toEqual({ currency: 'gems', tables: 'flow' });
});

test('the days of a range that have ended leave out today, unless there is nothing else', () => {
  expect(endedPart({ from: '2026-11-01', to: '2026-11-04' }, '2026-11-04')).toEqual({
    from: '2026-11-01',
    to: '2026-11-03',
  });
  expect(endedPart({ from: '2026-11-01', to: '2026-11-02' }, '2026-11-04')).toEqual({
    from: '2026-11-01',
    to: '2026-11-02',
  });
  expect(endedPart({ from: '2026-11-04', to: '2026-11-04' }, '2026-11-04')).toEqual({
    from: '2026-11-04',
    to: '2026-11-04',
  });
});
