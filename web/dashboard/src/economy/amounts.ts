import type { Question } from '../api/questions';

export interface AmountTotal {
  series: string;
  other: boolean;
  value: number | null;
  [property: `property.${string}`]: string | null;
}

export interface Amount {
  /** Null: events that do not say it. */
  name: string | null;
  other: boolean;
  amount: number;
  players: number;
}

export const amountQuestion = (asks: Question, event: string, property: string, currency: string) => {
  const where = { field: 'property.currency', is: 'equals', value: currency };
  return {
    ...asks,
    // Series A is the amount, B whose it was. By month, because only the totals are shown.
    series: [
      { event, where, measure: 'sum', field: 'property.amount' },
      { event, where, measure: 'players' },
    ],
    breakdown: [`property.${property}`],
    top: 12,
    interval: 'month',
  };
};

export function amounts(totals: AmountTotal[], property: string): Amount[] {
  const found = new Map<string, Amount>();
  for (const total of totals) {
    const name = total[`property.${property}`] ?? null;
    const key = JSON.stringify([name, total.other]);
    const amount = found.get(key) ?? { name, other: total.other, amount: 0, players: 0 };
    if (total.series === 'A') amount.amount = total.value ?? 0;
    else amount.players = total.value ?? 0;
    found.set(key, amount);
  }
  return [...found.values()].filter((one) => one.players > 0).toSorted((a, b) => b.amount - a.amount);
}
