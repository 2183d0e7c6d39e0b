// All numbers are shown through Intl, in the reader's own language. A missing number is an en dash, never 0.

export type NumberKind = 'count' | 'money' | 'minutes' | 'share';

const none = '–';
const cached = new Map<string, Intl.NumberFormat>();

function formatter(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const name = JSON.stringify(options);
  const known = cached.get(name);
  if (known) return known;
  const made = new Intl.NumberFormat(undefined, options);
  cached.set(name, made);
  return made;
}

function currencyOptions(currency: string): Intl.NumberFormatOptions {
  return /^[A-Z]{3}$/.test(currency) ? { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } : {};
}

/** In full, for cards, tables and tooltips. Means of counts keep one decimal below 100. */
export function formatNumber(value: number | null | undefined, kind: NumberKind, currency = ''): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return none;
  switch (kind) {
    case 'money': {
      const digits = Math.abs(value) >= 10_000 ? 0 : 2;
      const small = value !== 0 && Math.abs(value) < 0.1 ? 4 : digits;
      return formatter({
        ...currencyOptions(currency),
        minimumFractionDigits: digits,
        maximumFractionDigits: Math.max(digits, small),
      }).format(value);
    }
    case 'minutes':
      return formatter({ minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
    case 'share':
      return formatter({ style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
    case 'count':
      return formatter({ maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 }).format(value);
  }
}

/** For axes, where room is scarce: 1.2K, $3M. */
export function formatCompact(value: number, kind: NumberKind, currency = ''): string {
  if (kind === 'share') return formatter({ style: 'percent', maximumFractionDigits: 0 }).format(value);
  const money = kind === 'money' ? currencyOptions(currency) : {};
  const compact = Math.abs(value) >= 1000;
  return formatter({
    ...money,
    ...(compact ? { notation: 'compact' } : {}),
    minimumFractionDigits: 0,
    maximumFractionDigits: compact ? 1 : 2,
  }).format(value);
}

/** "12 min", "0.4 sec": an amount of a unit that Intl knows. */
export const formatUnit = (value: number, unit: string, maximumFractionDigits = 0): string =>
  formatter({ style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits }).format(value);

/** A number of a formula, as exact as it is worth reading. */
export const formatCoefficient = (value: number): string =>
  formatter({ minimumFractionDigits: 3, maximumFractionDigits: 3 }).format(value);

/** The size of a change; the arrow beside it tells the direction. "4.2%" for counts, "1.3 pp" for shares, "12×" from tenfold on. */
export function formatChange(change: number, kind: 'relative' | 'points'): string {
  const oneDigit = { minimumFractionDigits: 1, maximumFractionDigits: 1 } as const;
  if (kind === 'points') return `${formatter(oneDigit).format(change * 100)} pp`;
  if (change >= 9) return `${formatter({ maximumFractionDigits: 0 }).format(change + 1)}×`;
  return formatter({ ...oneDigit, style: 'percent' }).format(change);
}
