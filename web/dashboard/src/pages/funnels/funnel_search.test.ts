import { describe, expect, test } from 'vitest';
import { spanOfTime } from '../../format/durations';
import { parseSearch, stringifySearch } from '../../state/search';
import { funnelQuestion, funnelSearch, readSteps, writeSteps } from './funnel_search';

describe('funnel', () => {
  test('any name of an event survives the address', () => {
    const steps = ['store, open', 'a~1b', 'purchase'];
    expect(readSteps(writeSteps(steps))).toEqual(steps);
  });

  test('the address survives, and nonsense in it is dropped', () => {
    const query = '?breakdown=country&steps=store_open%2Cpurchase&order=strict&window=24';
    expect(stringifySearch(funnelSearch(parseSearch(query)) as Record<string, unknown>)).toBe(query);
    expect(funnelSearch({ order: 'sideways', window: '5', steps: ',,' })).toEqual({});
  });

  test('two steps make a question, one makes none', () => {
    const range = { from: '2026-11-01', to: '2026-11-02' };
    expect(funnelQuestion({ steps: 'a' }, range)).toBeNull();
    expect(funnelQuestion({ steps: 'a,b', window: 24 }, range)).toEqual({
      ...range,
      top: 4,
      steps: ['a', 'b'],
      order: 'ordered',
      window_seconds: 86_400,
    });
  });

  test('what ends an attempt, and sessions, go into the question; without an order nothing lies between', () => {
    const range = { from: '2026-11-01', to: '2026-11-02' };
    const search = funnelSearch(parseSearch('?steps=a%2Cb&without=c%2Cd&per=session'));
    expect(funnelQuestion(search, range)).toMatchObject({ exclusions: ['c', 'd'], per: 'session' });
    expect(funnelQuestion({ ...search, order: 'any' }, range)).not.toHaveProperty('exclusions');
  });

  test('a span of time is told in the greatest unit that it fills', () => {
    expect([30, 90, 7200, 259_200].map(spanOfTime)).toEqual(['30 sec', '1.5 min', '2 hr', '3 days']);
  });
});
