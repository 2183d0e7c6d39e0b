// The server has no histogram of its own: a bin is a series of a trend, with the bin's limits as its condition.

export interface Bin {
  from: number;
  /** The first value that is not in it any more; null: everything above. */
  below: number | null;
  label: string;
}

const minute = 60;
export const lengthBins: Bin[] = [
  { from: 0, below: minute, label: 'under 1 min' },
  { from: minute, below: 3 * minute, label: '1–3 min' },
  { from: 3 * minute, below: 5 * minute, label: '3–5 min' },
  { from: 5 * minute, below: 10 * minute, label: '5–10 min' },
  { from: 10 * minute, below: 20 * minute, label: '10–20 min' },
  { from: 20 * minute, below: 30 * minute, label: '20–30 min' },
  { from: 30 * minute, below: 60 * minute, label: '30–60 min' },
  { from: 60 * minute, below: null, label: '1 h and more' },
];

export const sessionCountBins: Bin[] = [
  { from: 1, below: 2, label: '1' },
  { from: 2, below: 3, label: '2' },
  { from: 3, below: 4, label: '3' },
  { from: 4, below: 6, label: '4–5' },
  { from: 6, below: 11, label: '6–10' },
  { from: 11, below: 21, label: '11–20' },
  { from: 21, below: 51, label: '21–50' },
  { from: 51, below: null, label: '51 and more' },
];

type Limit = { field: string; is: 'greater_or_equal' | 'less'; value: number };

export function withinBin(field: string, bin: Bin): { all: Limit[] } {
  const lower: Limit = { field, is: 'greater_or_equal', value: bin.from };
  return { all: bin.below === null ? [lower] : [lower, { field, is: 'less', value: bin.below }] };
}

export interface SeriesTotal {
  series: string;
  value: number | null;
}

/** Series are named A, B, ... in the order of the question. */
export const seriesName = (index: number): string => String.fromCharCode(65 + index);

export function binValues(bins: Bin[], totals: SeriesTotal[]): number[] {
  const byName = new Map(totals.map((total) => [total.series, total.value ?? 0]));
  return bins.map((_, index) => byName.get(seriesName(index)) ?? 0);
}
