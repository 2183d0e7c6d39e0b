import { expect, test } from 'vitest';
import { splitCurve } from '../metrics/cohort_curves';
import { ltvCurves, ltvDays, newestPoints, type LtvRow } from './ltv_curves';
import { products } from './products';

const row = (cohort_date: string, day: number, ltv: number | null, complete = true): LtvRow => ({
  cohort_date,
  day,
  players: 10,
  payers: 2,
  revenue: (ltv ?? 0) * 10,
  ltv,
  complete,
});

test('days are asked for as far as the oldest cohort has lived', () => {
  expect(ltvDays({ from: '2026-11-01', to: '2026-11-04' }, '2026-11-09')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(ltvDays({ from: '2026-11-04', to: '2026-11-04' }, '2026-11-04')).toEqual([0]);
});

test('a curve ends where the future begins, and an empty cohort has none', () => {
  const curves = ltvCurves(
    [
      row('2026-11-03', 0, 0.1),
      row('2026-11-03', 1, 0.2, false),
      row('2026-11-03', 2, 0.2, false),
      { ...row('2026-11-02', 0, null), players: 0 },
    ],
    '2026-11-04',
  );
  expect(curves).toEqual([
    {
      key: '2026-11-03',
      name: 'Tue, Nov 3, 2026',
      points: [
        { day: 0, value: 0.1, complete: true },
        { day: 1, value: 0.2, complete: false },
      ],
    },
  ]);
});

test('what can still grow is drawn from the last final point on', () => {
  const points = [
    { day: 0, value: 1, complete: true },
    { day: 1, value: 2, complete: true },
    { day: 2, value: 3, complete: false },
  ];
  expect(splitCurve(points)).toEqual({ final: points.slice(0, 2), open: points.slice(1) });
  expect(splitCurve(points.slice(0, 2)).open).toEqual([]);
  expect(splitCurve(points.slice(2))).toEqual({ final: [], open: points.slice(2) });
});

test('the table has the furthest day that each cohort has reached', () => {
  const rows = [
    row('2026-11-01', 0, 0.1),
    row('2026-11-01', 3, 0.3),
    row('2026-11-03', 1, 0.2),
    row('2026-11-03', 3, 0.2),
  ];
  expect(newestPoints(rows, '2026-11-04').map(({ cohort_date, day }) => [cohort_date, day])).toEqual([
    ['2026-11-03', 1],
    ['2026-11-01', 3],
  ]);
});

test('a product has its money, its purchases and its payers, the dearest first; one that nobody bought is none', () => {
  const total = (series: string, product: string | null, value: number, other = false) => ({
    series,
    'property.product': product,
    other,
    value,
  });
  const totals = [
    total('A', 'small', 5),
    total('A', 'large', 50),
    total('A', null, 7, true),
    total('B', 'small', 5),
    total('B', 'large', 1),
    total('B', null, 2, true),
    total('B', 'gone', 0),
    total('C', 'small', 4),
    total('C', 'large', 1),
  ];
  expect(products(totals)).toEqual([
    { product: 'large', other: false, revenue: 50, purchases: 1, payers: 1 },
    { product: null, other: true, revenue: 7, purchases: 2, payers: 0 },
    { product: 'small', other: false, revenue: 5, purchases: 5, payers: 4 },
  ]);
});
