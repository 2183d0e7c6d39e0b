import type { MetricAnswer, MetricPoint, RetentionAnswer } from '../api/types';

/**
 * How days add up to one number for a range. Distinct players of several days cannot be added, so their card shows a mean per day;
 * a ratio is weighted by its denominator, because a mean of daily means would let an empty Sunday count as much as a launch day.
 */
export type Fold = { by: 'sum' } | { by: 'daily_mean' } | { by: 'weighted_mean'; weights: MetricPoint[] };

export interface Summary {
  value: number | null;
  basis: 'total' | 'daily mean' | 'mean';
  /** Against the previous period, over as many days as have ended in this one; null when there is nothing to compare with. */
  change: number | null;
}

const hasValue = (point: MetricPoint): point is MetricPoint & { value: number } => point.value !== null;

/** Days before `today`. The day that is still running would pull every mean down. */
export const endedDays = (points: MetricPoint[], today: string): MetricPoint[] =>
  points.filter((point) => point.date < today);

export function foldPoints(points: MetricPoint[], fold: Fold): number | null {
  const valued = points.filter(hasValue);
  if (valued.length === 0) return null;
  const sum = valued.reduce((total, point) => total + point.value, 0);
  if (fold.by === 'sum') return sum;
  if (fold.by === 'daily_mean') return sum / valued.length;
  const weightOf = new Map(fold.weights.map((point) => [point.date, point.value ?? 0]));
  let weighted = 0;
  let weights = 0;
  for (const point of valued) {
    const weight = weightOf.get(point.date) ?? 0;
    weighted += point.value * weight;
    weights += weight;
  }
  return weights > 0 ? weighted / weights : null;
}

export function relativeChange(now: number | null, before: number | null): number | null {
  if (now === null || before === null || before === 0) return null;
  return (now - before) / before;
}

export interface SummaryInput {
  current: MetricAnswer;
  previous: MetricAnswer | undefined;
  fold: Fold;
  previousFold: Fold | undefined;
  today: string;
}

export function summarize({ current, previous, fold, previousFold, today }: SummaryInput): Summary {
  const ended = endedDays(current.points, today);
  const forMean = fold.by === 'daily_mean' && ended.length > 0 ? ended : current.points;
  // The API's own number for the range wins; a mean per day has none.
  const given = fold.by === 'daily_mean' ? null : current.total;
  return {
    value: given ?? foldPoints(forMean, fold),
    basis: fold.by === 'sum' ? 'total' : fold.by === 'daily_mean' ? 'daily mean' : 'mean',
    change:
      previous && previousFold
        ? relativeChange(foldPoints(ended, fold), foldPoints(previous.points.slice(0, ended.length), previousFold))
        : null,
  };
}

export function retentionSummary(
  current: RetentionAnswer,
  previous: RetentionAnswer | undefined,
  day: number,
): Summary {
  const average = (answer: RetentionAnswer | undefined): number | null => {
    const found = answer?.average.find((entry) => entry.day === day);
    return found && found.size > 0 ? found.share : null;
  };
  const now = average(current);
  const before = average(previous);
  return { value: now, basis: 'mean', change: now === null || before === null ? null : now - before };
}

/** One share per cohort whose day has ended; the others would show a dip that is not there. */
export function retentionByCohort(answer: RetentionAnswer, day: number): { date: string; value: number | null }[] {
  return answer.cohorts.map((cohort) => {
    const cell = cohort.cells.find((candidate) => candidate.day === day);
    return { date: cohort.cohort_date, value: cell && cell.complete && cohort.size > 0 ? cell.share : null };
  });
}
