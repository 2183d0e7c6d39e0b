import type { NumberKind } from '../format/numbers';
import type { Drill } from '../insight/drill';
import { relativeChange } from '../metrics/summary';

/** One number of an answer, under the name by which it is found in the answer about the other range. */
export interface ComparedValue {
  name: string;
  value: number | null;
  kind: NumberKind;
  /** Of what the value is a part of, where that says more than the value. */
  share?: number | null;
  /** The players behind the value. */
  drill?: Drill | null;
}

export interface ComparedRow {
  name: string;
  now: ComparedValue | null;
  before: ComparedValue | null;
}

/** In the order of the range that is shown; what only the other one has comes last. */
export function comparedRows(now: ComparedValue[], before: ComparedValue[]): ComparedRow[] {
  const earlier = new Map(before.map((value) => [value.name, value]));
  const names = new Set(now.map(({ name }) => name));
  return [
    ...now.map((value) => ({ name: value.name, now: value, before: earlier.get(value.name) ?? null })),
    ...before.filter(({ name }) => !names.has(name)).map((value) => ({ name: value.name, now: null, before: value })),
  ];
}

export interface Fairness {
  /** The game had events during all of the other range. */
  isWhole: boolean;
  /** The range that is shown has ended: until then it has fewer days than the other one. */
  hasEnded: boolean;
}

/** Shares in points, at any time; other numbers in relation, between ranges of as many days. Null where it would say nothing. */
export function changeOf(row: ComparedRow, { isWhole, hasEnded }: Fairness): { value: number; kind: 'points' | 'relative' } | null {
  const { now, before } = row;
  if (!isWhole || !now || !before) return null;
  const shares = [now.kind === 'share' ? now.value : now.share, before.kind === 'share' ? before.value : before.share];
  const [share, earlier] = shares;
  if (share !== undefined && earlier !== undefined)
    return share === null || earlier === null ? null : { value: share - earlier, kind: 'points' };
  const change = hasEnded ? relativeChange(now.value, before.value) : null;
  return change === null ? null : { value: change, kind: 'relative' };
}
