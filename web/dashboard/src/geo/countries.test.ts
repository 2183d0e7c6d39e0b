import { expect, test } from 'vitest';
import { countriesOf, countryName, countryQuestion, countryTint, seriesOf, sumOf, tintLimit } from './countries';
import world from './world.json';

const total = (series: string, country: string | null, value: number | null, other = false) => ({
  series,
  country,
  other,
  value,
});

test('a country has all its measures, and the measure that is shown orders them', () => {
  const totals = [
    total('A', 'DE', 5),
    total('A', 'US', 9),
    total('C', 'DE', 20.5),
    total('C', 'US', null),
    total('C/A', 'US', 3),
  ];
  const countries = countriesOf(totals, 'revenue');
  expect(countries.map(({ code }) => code)).toEqual(['DE', 'US']);
  expect(countries[0]!.values).toEqual({ players: 5, sessions: 0, revenue: 20.5, payers: 0 });
  expect(countriesOf(totals, 'players')[0]!.code).toBe('US');
  expect(sumOf(countries, 'players')).toBe(14);
});

test('the letter of a measure is its place in the question', () => {
  const series = countryQuestion({ from: '2026-11-01', to: '2026-11-02' })['series'] as { measure: string }[];
  expect(series[seriesOf('revenue').charCodeAt(0) - 65]).toEqual({ measure: 'revenue' });
});

test('a country is named in the reader’s language, and what is none is shown as it is', () => {
  expect(countryName({ code: 'DE', other: false })).toBe('Germany');
  expect(countryName({ code: 'Atlantis', other: false })).toBe('Atlantis');
  expect(countryName({ code: null, other: false })).toBe('Country unknown');
  expect(countryName({ code: null, other: true })).toBe('All others');
});

test('a value lies within the limits of its tint', () => {
  for (const value of [1, 10, 250, 999, 1000]) {
    const step = countryTint(value, 1000);
    expect(value).toBeLessThanOrEqual(tintLimit(step, 1000));
    expect(value).toBeGreaterThan(tintLimit(step - 1, 1000));
  }
  expect(countryTint(0, 1000)).toBe(0);
});

test('every outline is of a country that has a name', () => {
  const codes = Object.keys(world);
  expect(codes.length).toBeGreaterThan(170);
  expect(codes.filter((code) => countryName({ code, other: false }) === code)).toEqual([]);
});
