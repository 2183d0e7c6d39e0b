import { describe, expect, test } from 'vitest';
import { feedEntry } from '../test_answers';
import { duration, groupEvents, matchesWords } from './event_groups';
import { playerSearch, playersSearch } from '../state/player_search';
import { firstDirection, sortPlayers } from './player_order';

const at = (time: string, event = 'level_start') => feedEntry({ time: `2026-11-04T${time}:00.000Z`, event });

describe('events by session', () => {
  test('a pause ends a group, and half an hour is not yet one', () => {
    const groups = groupEvents([at('12:01'), at('11:30'), at('11:00')]);
    expect(groups.map((group) => group.events.length)).toEqual([1, 2]);
    expect(groups[1]).toMatchObject({
      startedAt: '2026-11-04T11:00:00.000Z',
      endedAt: '2026-11-04T11:30:00.000Z',
    });
    expect(groups[1]?.events.map((event) => event.time)).toEqual([
      '2026-11-04T11:30:00.000Z',
      '2026-11-04T11:00:00.000Z',
    ]);
  });

  test('a start begins a group and an end is the last of one, but for what lies within five seconds', () => {
    const groups = groupEvents([
      at('11:04'),
      at('11:03', 'session_end'),
      at('11:03', 'session_start'),
      at('11:02'),
      feedEntry({ time: '2026-11-04T11:00:05.000Z', event: 'session_start' }),
      at('11:00', 'first_open'),
    ]);
    expect(groups.map((group) => group.events.map((event) => event.event))).toEqual([
      ['level_start'],
      ['session_end', 'session_start'],
      ['level_start', 'session_start', 'first_open'],
    ]);
  });

  test('nothing is no group', () => expect(groupEvents([])).toEqual([]));
});

test('words are looked for in names and values, all of them', () => {
  const event = feedEntry({ event: 'purchase', properties: { product: 'gems_500' } });
  expect(matchesWords(event, 'GEMS purch')).toBe(true);
  expect(matchesWords(event, 'gems refund')).toBe(false);
});

test('a length is told in its two largest units', () => {
  const from = '2026-11-04T10:00:00.000Z';
  expect(duration(from, '2026-11-04T10:00:07.400Z')).toBe('7 sec');
  expect(duration(from, '2026-11-04T10:12:05.000Z')).toBe('12 min 5 sec');
  expect(duration(from, '2026-11-04T12:03:59.000Z')).toBe('2 hr 3 min');
});

describe('the order of players', () => {
  const player = (player_id: string, revenue: number, last_seen: string) => ({
    player_id,
    revenue,
    last_seen,
    first_seen: last_seen,
    country: null,
    platform: null,
    build: null,
    events: 1,
    sessions: 1,
  });
  const players = [player('b', 2, '2026-11-01'), player('a', 10, '2026-11-03'), player('c', 2, '2026-11-02')];
  const ids = (column: Parameters<typeof sortPlayers>[1], direction: 'asc' | 'desc') =>
    sortPlayers(players, column, direction).map((one) => one.player_id);

  test('numbers go as numbers, moments by time, ids by letter', () => {
    expect(ids('revenue', 'desc')).toEqual(['a', 'b', 'c']);
    expect(ids('last_seen', 'asc')).toEqual(['b', 'c', 'a']);
    expect(ids('player_id', 'asc')).toEqual(['a', 'b', 'c']);
  });
  test('a column begins where one looks first', () => {
    expect(firstDirection('revenue')).toBe('desc');
    expect(firstDirection('player_id')).toBe('asc');
  });
});

test('an address keeps what it may hold of the list and the timeline, and drops the rest', () => {
  expect(playersSearch({ q: 'p-1', sort: 'revenue', direction: 'asc', page: '3' })).toEqual({
    q: 'p-1',
    sort: 'revenue',
    direction: 'asc',
    page: 3,
  });
  expect(playersSearch({ q: ' ', sort: 'shoe_size', direction: 'up', page: '1' })).toEqual({});
  expect(playerSearch({ words: 'level', other: 1 })).toEqual({ words: 'level' });
});
