import { describe, expect, test } from 'vitest';
import { isAboutPlayers, looksAtRange } from '../api/questions';
import { filterSearch, filterText, narrowing, readFilters, writeFilters, type Filter } from './filters';

describe('filters in an address', () => {
  test('any value survives writing and reading', () => {
    const filters = [
      { field: 'property.a:b;c', is: 'in' as const, values: ['x,y', '~0', 'p:q;r'] },
      { field: 'country', is: 'not_set' as const, values: [] },
    ];
    expect(readFilters(writeFilters(filters))).toEqual(filters);
  });

  test('the common case reads like a sentence', () => {
    expect(writeFilters([{ field: 'country', is: 'in', values: ['DE', 'FR'] }])).toBe('country:in:DE,FR');
  });

  test('what is no field, no operator or has no value is dropped', () => {
    for (const filters of ['nonsense', 'planet:equals:x', 'country:toString:x', 'country:equals', 'property.:set'])
      expect(filterSearch({ filters })).toEqual({});
    expect(filterSearch({ breakdown: 'country,planet,country,platform' })).toEqual({ breakdown: 'country,platform' });
  });

  test('they become the members of a question', () => {
    expect(narrowing({})).toEqual({});
    expect(
      narrowing({
        filters: 'country:in:DE;build:equals:1.2;source:set;property.level:greater:10',
        breakdown: 'platform',
      }),
    ).toEqual({
      filter: {
        all: [
          { field: 'country', is: 'in', values: ['DE'] },
          { field: 'build', is: 'equals', value: '1.2' },
          { field: 'source', is: 'set' },
          { field: 'property.level', is: 'greater', value: 10 },
        ],
      },
      breakdown: ['platform'],
    });
  });

  const bought: Filter = {
    did: true,
    event: 'store: buy',
    atLeast: 2,
    days: 30,
    where: { field: 'property.product', is: 'in', values: ['a', 'b,c'] },
  };

  test('what a player did survives the address, and becomes a condition', () => {
    const never: Filter = { did: false, event: '', atLeast: 1, days: 0 };
    expect(readFilters(writeFilters([bought, never]))).toEqual([bought, never]);
    expect(writeFilters([{ ...never, event: 'purchase' }])).toBe('did_not:purchase:1:0');
    expect(narrowing({ filters: writeFilters([bought, never])! }).filter).toEqual({
      all: [
        {
          did: 'store: buy',
          at_least: 2,
          days: 30,
          where: { field: 'property.product', is: 'in', values: ['a', 'b,c'] },
        },
        { did_not: null, at_least: 1, days: 0 },
      ],
    });
  });

  test('a count that is none is dropped', () => {
    for (const filters of ['did:a:0:7', 'did:a:1:-1', 'did:a:x:7', 'did:a:1:500', 'did:a'])
      expect(filterSearch({ filters })).toEqual({});
  });

  test('a chip says it in words', () => {
    expect(filterText(bought)).toBe('did store: buy (product is one of a, b,c) 2 times or more in the last 30 days');
    expect(filterText({ did: false, event: '', atLeast: 1, days: 0 })).toBe('did not any event in the range');
    expect(filterText({ field: 'country', is: 'not_set', values: [] })).toBe('country is not set');
  });
});

describe('whom a condition is about', () => {
  const of = (filters: string) => narrowing({ filters }).filter;

  test('fields of events are about events, all others about players', () => {
    expect(isAboutPlayers(of('player.country:equals:DE;did:purchase:1:7'))).toBe(true);
    expect(isAboutPlayers(of('player.country:equals:DE;country:equals:DE'))).toBe(false);
    expect(isAboutPlayers(undefined)).toBe(true);
  });

  test('what was done depends on the days that are asked about', () => {
    expect(looksAtRange(of('did_not:purchase:1:7'))).toBe(true);
    expect(looksAtRange(of('country:equals:DE'))).toBe(false);
  });
});
