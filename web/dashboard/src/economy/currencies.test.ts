import { expect, test } from 'vitest';
import { amountQuestion, amounts } from './amounts';
import { currencySums, flowOf } from './currencies';

const total = (metric: string, currency: string | null, value: number, other = false) => ({
  metric,
  'property.currency': currency,
  other,
  value,
});

test('each currency has its own sums, the busiest first; the rest that has no name is none', () => {
  const sums = currencySums([
    total('economy_source', 'gold', 10),
    total('economy_source', 'gems', 100),
    total('economy_sink', 'gems', 40),
    total('economy_sink', 'tickets', 5),
    total('economy_source', null, 999, true),
  ]);
  expect(sums).toEqual([
    { currency: 'gems', source: 100, sink: 40, net: 60, ratio: 0.4 },
    { currency: 'gold', source: 10, sink: 0, net: 10, ratio: 0 },
    { currency: 'tickets', source: 0, sink: 5, net: -5, ratio: null },
  ]);
});

test('days of one currency, in order, with what was won and spent', () => {
  const row = (metric: string, date: string, value: number, currency = 'gems') => ({
    ...total(metric, currency, value),
    date,
    provisional: date === '2026-11-02',
  });
  expect(
    flowOf(
      [
        row('economy_source', '2026-11-02', 7),
        row('economy_source', '2026-11-01', 5),
        row('economy_sink', '2026-11-01', 2),
        row('economy_sink', '2026-11-01', 99, 'gold'),
      ],
      'gems',
    ),
  ).toEqual({ dates: ['2026-11-01', '2026-11-02'], source: [5, 7], sink: [2, 0], provisional: [false, true] });
});

test('amounts and players come by what they were for; what is not named is kept, what nobody did is not', () => {
  const row = (series: string, item: string | null, value: number, other = false) => ({
    series,
    'property.item': item,
    other,
    value,
  });
  const totals = [
    row('A', 'hint', 5),
    row('A', null, 9),
    row('A', 'old', 0),
    row('B', 'hint', 2),
    row('B', null, 3),
    row('B', 'old', 0),
  ];
  expect(amounts(totals, 'item')).toEqual([
    { name: null, other: false, amount: 9, players: 3 },
    { name: 'hint', other: false, amount: 5, players: 2 },
  ]);
});

test('amounts are asked for in one currency only', () => {
  const { series, breakdown } = amountQuestion({ from: 'a', to: 'b' }, 'economy_sink', 'item', 'gems');
  expect(breakdown).toEqual(['property.item']);
  for (const one of series) expect(one.where).toEqual({ field: 'property.currency', is: 'equals', value: 'gems' });
});
