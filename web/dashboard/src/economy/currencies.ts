export interface CurrencyRow {
  metric: string;
  date: string;
  'property.currency': string | null;
  other: boolean;
  value: number | null;
  provisional: boolean;
}

export interface CurrencyTotal {
  metric: string;
  'property.currency': string | null;
  other: boolean;
  value: number | null;
}

export interface Flow {
  dates: string[];
  source: number[];
  sink: number[];
  provisional: boolean[];
}

export interface CurrencySum {
  currency: string;
  source: number;
  sink: number;
  net: number;
  /** Spent per won; null when nothing was won. */
  ratio: number | null;
}

/** Currencies with what was won and spent of them; amounts of different ones are never added up. */
export function currencySums(totals: CurrencyTotal[]): CurrencySum[] {
  const sums = new Map<string, { source: number; sink: number }>();
  for (const total of totals) {
    const currency = total['property.currency'];
    if (currency === null || total.other) continue;
    const sum = sums.get(currency) ?? { source: 0, sink: 0 };
    if (total.metric === 'economy_source') sum.source += total.value ?? 0;
    else if (total.metric === 'economy_sink') sum.sink += total.value ?? 0;
    sums.set(currency, sum);
  }
  return [...sums]
    .map(([currency, { source, sink }]) => ({
      currency,
      source,
      sink,
      net: source - sink,
      ratio: source > 0 ? sink / source : null,
    }))
    .toSorted((a, b) => b.source + b.sink - (a.source + a.sink));
}

export function flowOf(rows: CurrencyRow[], currency: string): Flow {
  const days = new Map<string, { source: number; sink: number; provisional: boolean }>();
  for (const row of rows) {
    if (row['property.currency'] !== currency || row.other) continue;
    const day = days.get(row.date) ?? { source: 0, sink: 0, provisional: false };
    if (row.metric === 'economy_source') day.source += row.value ?? 0;
    else day.sink += row.value ?? 0;
    day.provisional ||= row.provisional;
    days.set(row.date, day);
  }
  const ordered = [...days].toSorted(([a], [b]) => a.localeCompare(b));
  return {
    dates: ordered.map(([date]) => date),
    source: ordered.map(([, day]) => day.source),
    sink: ordered.map(([, day]) => day.sink),
    provisional: ordered.map(([, day]) => day.provisional),
  };
}
