import { describe, expect, test } from 'vitest';
import type { LiveAnswer, RejectedAnswer } from '../api/types';
import { feedEntry } from '../test_answers';
import { arrivalsSince, beginning, languageStatement, markOf } from './arrivals';
import { senderIds } from './sender_ids';
import { languageName, senderOf, senders } from './senders';
import { setupSearch } from './setup_search';

const moment = (seconds: number) => new Date(Date.UTC(2026, 10, 26, 10, 0, seconds)).toISOString();
const live = (...seconds: number[]): LiveAnswer => ({
  as_of: moment(0),
  players_5_min: 0,
  players_30_min: 0,
  minutes: [],
  events: seconds.map((second) => feedEntry({ event: `e${second}`, received_at: moment(second) })),
});
const rejected = (...offsets: number[]): RejectedAnswer => ({
  total: offsets.length,
  reasons: [],
  next: null,
  rows: offsets.map((offset) => ({ offset, received_at: moment(0), reason: 'r', detail: '', source: 'native', raw: '' })),
});

describe('arrivals', () => {
  test('what was there before does not count; of the rest the earliest is the first', () => {
    const mark = markOf(live(5, 3), rejected(9, 7));
    expect(arrivalsSince(mark, live(5, 3), rejected(9, 7))).toEqual({ first: null, events: 0, refused: [] });
    const { first, events, refused } = arrivalsSince(mark, live(8, 7, 5, 3), rejected(10, 9, 7));
    expect([first?.event, events, refused.map(({ offset }) => offset)]).toEqual(['e7', 2, [10]]);
  });

  test('on a server without events everything is new, also at log position 0', () => {
    const { first, refused } = arrivalsSince(beginning, live(1), rejected(0));
    expect([first?.event, refused.length]).toEqual(['e1', 1]);
    expect(markOf(live(), rejected())).toEqual(beginning);
  });

  test('names with quotes stay texts in the statement', () => {
    const sql = languageStatement(feedEntry({ event: "it's", player_id: "'; --", received_at: moment(1) }));
    expect(sql).toContain("event = 'it''s' AND player_id = '''; --'");
    expect(sql).toContain("TIMESTAMP '2026-11-26T10:00:01.000'");
  });
});

describe('senders', () => {
  test('every snippet names host and key, below a path and behind https as well', () => {
    for (const { id, snippet } of senders) {
      const code = snippet.code({ host: 'https://games.example/stats', key: 'gm_wk_k' });
      expect(code, id).toContain('games.example');
      // Its keys are a pair of their own.
      if (id !== 'gameanalytics') expect(code, id).toContain('gm_wk_k');
      if (code.includes('port:')) expect(code, id).toContain('port: 443');
    }
    expect(senders.map(({ id }) => id)).toEqual(senderIds);
  });

  test('an address names one of them, or none for the first', () => {
    expect(setupSearch({ sender: 'unity' })).toEqual({ sender: 'unity' });
    expect([setupSearch({ sender: 'curl' }), setupSearch({ sender: 'nobody' })]).toEqual([{}, {}]);
    expect([senderOf('unity').name, senderOf(undefined).id]).toEqual(['Unity', 'curl']);
  });

  test('a language that is new to the page keeps the name the server gives it', () => {
    expect([languageName('posthog'), languageName('klingon')]).toEqual(['a PostHog client', 'klingon']);
  });
});
