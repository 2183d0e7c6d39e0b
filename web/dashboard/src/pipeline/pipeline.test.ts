import { describe, expect, test } from 'vitest';
import type { PipelineAnswer } from '../api/types';
import type { SqlAnswer, SqlCell } from '../api/sql';
import { countedDays, countedStatement, refusedDays, refusedStatement } from './days';
import { addSample, rateOf, ratesOf, type Sample } from './rates';

const facts = (log_end: number, change: Partial<PipelineAnswer> = {}): PipelineAnswer => ({
  log_end,
  processed: log_end,
  lag_events: 0,
  stored: log_end,
  duplicates: 0,
  rejected: 0,
  last_commit_at: null,
  ...change,
});
const watched = (...samples: Sample[]) => samples.reduce<Sample[]>(addSample, []);
const at = (seconds: number, log_end: number, change = {}) => ({ at: seconds * 1000, facts: facts(log_end, change) });

describe('rates', () => {
  test('are those of the last minute, not of all that was watched', () => {
    const samples = watched(at(0, 0), at(100, 100_000), at(130, 100_030), at(160, 100_060));
    expect(rateOf(samples, 'log_end')).toBe(1);
    expect(ratesOf(samples, 'log_end')).toEqual([1000, 1, 1]);
  });

  test('one reading is no rate, and the same reading twice is one', () => {
    expect(rateOf(watched(at(1, 5)), 'log_end')).toBeNull();
    expect(watched(at(1, 5), at(1, 5)).length).toBe(1);
    expect(rateOf([], 'log_end')).toBeNull();
  });

  test('a server that was set up anew begins anew; an event that was taken back is no rate below nothing', () => {
    expect(watched(at(1, 500), at(2, 3)).length).toBe(1);
    expect(rateOf(watched(at(1, 9, { stored: 9 }), at(2, 9, { stored: 8 })), 'stored')).toBe(0);
  });

  test('what is older than five minutes is forgotten', () => {
    expect(watched(at(0, 1), at(200, 2), at(400, 3)).map((sample) => sample.at)).toEqual([200_000, 400_000]);
  });
});

describe('days', () => {
  const range = { from: '2026-10-30', to: '2026-11-01' };
  const rows = (...cells: SqlCell[][]): SqlAnswer => ({ contract: 1, as_of: '', row_count: cells.length, columns: [], rows: cells });

  test('each day of the range has an entry, late ones are taken out of the rest', () => {
    expect(countedDays(rows(['2026-10-31', 10, 3]), range)).toEqual([
      { date: '2026-10-30', onTime: 0, late: 0 },
      { date: '2026-10-31', onTime: 7, late: 3 },
      { date: '2026-11-01', onTime: 0, late: 0 },
    ]);
    expect(refusedDays(rows(['2026-11-01', 4]), range).map(({ refused }) => refused)).toEqual([0, 0, 4]);
  });

  test('the statements hold the last day as a whole', () => {
    expect(countedStatement(range)).toContain("BETWEEN DATE '2026-10-30' AND DATE '2026-11-01'");
    expect(refusedStatement(range)).toContain("received_at < TIMESTAMP '2026-11-02'");
  });
});
