import { expect, test } from 'vitest';
import { binValues, lengthBins, sessionCountBins, withinBin } from './length_bins';
import { weekHourIn, weekHours } from './week_hours';

test('bins touch without a gap and without an overlap', () => {
  for (const bins of [lengthBins, sessionCountBins]) {
    bins.slice(1).forEach((bin, index) => expect(bin.from).toBe(bins[index]?.below));
    expect(bins.at(-1)?.below).toBeNull();
    // More series than eight is more than one question may have.
    expect(bins.length).toBeLessThanOrEqual(8);
  }
});

test('a bin is a condition on both of its limits, the last one on its lower', () => {
  expect(withinBin('property.seconds', { from: 60, below: 180, label: '' })).toEqual({
    all: [
      { field: 'property.seconds', is: 'greater_or_equal', value: 60 },
      { field: 'property.seconds', is: 'less', value: 180 },
    ],
  });
  expect(withinBin('f', { from: 5, below: null, label: '' }).all).toHaveLength(1);
});

test('totals find their bin by the name of their series', () => {
  const bins = lengthBins.slice(0, 3);
  expect(
    binValues(bins, [
      { series: 'C', value: 3 },
      { series: 'A', value: 1 },
    ]),
  ).toEqual([1, 0, 3]);
});

test('an hour of the week is that of the time zone', () => {
  // A Sunday evening in London is Monday morning in Tokyo.
  expect(weekHourIn('UTC')('2026-11-22T23:00:00.000Z')).toEqual({ day: 6, hour: 23 });
  expect(weekHourIn('Asia/Tokyo')('2026-11-22T23:00:00.000Z')).toEqual({ day: 0, hour: 8 });
});

test('hours of several weeks are a mean, and an hour that is running is left out', () => {
  const rows = [
    { time: '2026-11-16T10:00:00.000Z', value: 4 },
    { time: '2026-11-23T10:00:00.000Z', value: 8 },
    { time: '2026-11-23T11:00:00.000Z', value: 100 },
  ];
  const hours = weekHours(rows, 'UTC', Date.parse('2026-11-23T11:30:00.000Z'));
  expect(hours.days[0]?.[10]).toBe(6);
  expect(hours.days[0]?.[11]).toBeNull();
  expect(hours.highest).toBe(6);
});
