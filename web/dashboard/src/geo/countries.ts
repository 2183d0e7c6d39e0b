import type { Answer, Question } from '../api/questions';
import { measures, type Measure } from './measures';


const countriesMax = 100;
export const seriesOf = (measure: Measure): string =>
  String.fromCharCode(65 + measures.findIndex(({ name }) => name === measure));

/** By month, because only the totals of the range are shown. */
export const countryQuestion = (asks: Question): Question => ({
  ...asks,
  series: measures.map(({ name }) => ({ measure: name })),
  breakdown: ['country'],
  top: countriesMax,
  interval: 'month',
});

export interface CountryTotal {
  series: string;
  country: string | null;
  other: boolean;
  value: number | null;
}
export type CountryAnswer = Answer<object> & { totals: CountryTotal[] };

export interface Country {
  code: string | null;
  other: boolean;
  values: Record<Measure, number>;
}

/** The countries of an answer, the greatest by `measure` first. */
export function countriesOf(totals: CountryTotal[], measure: Measure): Country[] {
  const found = new Map<string, Country>();
  for (const { series, country, other, value } of totals) {
    const known = measures[series.charCodeAt(0) - 65];
    if (!known) continue;
    const key = `${country}/${other}`;
    const one = found.get(key) ?? {
      code: country,
      other,
      values: { players: 0, sessions: 0, revenue: 0, payers: 0 },
    };
    one.values[known.name] = value ?? 0;
    found.set(key, one);
  }
  return [...found.values()].toSorted((a, b) => b.values[measure] - a.values[measure]);
}

/** A player may be in two countries of a range, so shares are of the sum of all rows, and add up to 100 %. */
export const sumOf = (countries: Country[], measure: Measure): number =>
  countries.reduce((sum, { values }) => sum + values[measure], 0);

const names = new Intl.DisplayNames(undefined, { type: 'region' });

export function countryName({ code, other }: Pick<Country, 'code' | 'other'>): string {
  if (other) return 'All others';
  if (code === null || code === '') return 'Country unknown';
  // Whatever a client sent as a country is shown; only what looks like a code has a name.
  return /^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code;
}

export const tintSteps = 8;

/** One country often has most of the players; by the square root the others are told apart as well. */
export function countryTint(value: number, highest: number): number {
  if (value <= 0 || highest <= 0) return 0;
  return Math.min(tintSteps - 1, Math.max(1, Math.ceil(Math.sqrt(value / highest) * (tintSteps - 1))));
}

/** Up to where a tint reaches. */
export const tintLimit = (step: number, highest: number): number => highest * (step / (tintSteps - 1)) ** 2;
