import type { Answer, Question } from '../api/questions';

export const fields = { build: 'Build', platform: 'Platform', device: 'Device' } as const;
export type HealthField = keyof typeof fields;

/** Series of one question, by their letter: who played, whom it happened to, and how often. */
export const series = [
  { name: 'players', letter: 'A', asked: { measure: 'players' } },
  { name: 'crashed', letter: 'B', asked: { event: 'crash', measure: 'players' } },
  { name: 'failed', letter: 'C', asked: { event: 'error', measure: 'players' } },
  { name: 'crashes', letter: 'D', asked: { event: 'crash', measure: 'events' } },
  { name: 'errors', letter: 'E', asked: { event: 'error', measure: 'events' } },
] as const;
export type HealthNumber = (typeof series)[number]['name'];
const crashFree = ['crash_free_players', 'crash_free_sessions'] as const;

const valuesMax = 20;

/** By month, because only the totals of the range are shown. */
export const healthQuestion = (asks: Question, field: HealthField): Question => ({
  ...asks,
  series: series.map(({ asked }) => asked),
  breakdown: [field],
  top: valuesMax,
  interval: 'month',
});

export const crashFreeQuestion = (asks: Question, field: HealthField): Question => ({
  ...asks,
  metrics: [...crashFree],
  breakdown: [field],
  top: valuesMax,
});

interface Total {
  series?: string;
  metric?: string;
  other: boolean;
  value: number | null;
  [field: string]: string | number | boolean | null | undefined;
}
export type TotalsAnswer = Answer<object> & { totals: Total[] };

export interface HealthRow extends Record<HealthNumber, number> {
  value: string | null;
  other: boolean;
  crashFreePlayers: number | null;
  crashFreeSessions: number | null;
}

const keyOf = (total: Total, field: HealthField): string => JSON.stringify([total[field], total.other]);

/** One row a value of the field, those with most players first. */
export function healthRows(counts: Total[], shares: Total[], field: HealthField): HealthRow[] {
  const share = new Map(shares.map((total) => [`${keyOf(total, field)}/${total.metric}`, total.value]));
  const rows = new Map<string, HealthRow>();
  for (const total of counts) {
    const known = series.find(({ letter }) => letter === total.series);
    if (!known) continue;
    const key = keyOf(total, field);
    const row = rows.get(key) ?? {
      ...{ players: 0, crashed: 0, failed: 0, crashes: 0, errors: 0 },
      value: (total[field] ?? null) as string | null,
      other: total.other,
      crashFreePlayers: share.get(`${key}/crash_free_players`) ?? null,
      crashFreeSessions: share.get(`${key}/crash_free_sessions`) ?? null,
    };
    row[known.name] = total.value ?? 0;
    rows.set(key, row);
  }
  return [...rows.values()].filter((row) => row.players > 0).toSorted((a, b) => b.players - a.players);
}

export const valueName = ({ value, other }: Pick<HealthRow, 'value' | 'other'>): string =>
  other ? 'All others' : (value ?? '(none)');
