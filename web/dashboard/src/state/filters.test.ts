import { describe, expect, test } from 'vitest';
import { filterSearch, narrowing, readFilters, writeFilters } from './filters';

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
});
