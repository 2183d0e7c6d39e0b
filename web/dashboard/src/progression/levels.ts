export interface LevelRow {
  level: string;
  starts: number;
  fails: number;
  completes: number;
  players: number;
  completed: number;
  dropped: number;
  completion: number | null;
  fail_rate: number | null;
  mean_attempts: number | null;
  drop_off: number | null;
  wall: boolean;
}

/** Levels at which the server says that too many end, those that lose most players first. */
export const walls = (levels: LevelRow[]): LevelRow[] =>
  levels.filter((level) => level.wall).toSorted((a, b) => b.dropped - a.dropped);

export const median = (values: number[]): number | null => {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
};

export interface Typical {
  dropOff: number | null;
  failRate: number | null;
}

/** What a wall is compared with. Levels that few have reached say little; the server leaves them out by the same number. */
export function typicalLevel(levels: LevelRow[], playersMin: number): Typical {
  const reached = levels.filter((level) => level.players >= playersMin);
  const known = (values: (number | null)[]) => values.filter((value) => value !== null);
  return {
    dropOff: median(known(reached.map((level) => level.drop_off))),
    failRate: median(known(reached.map((level) => level.fail_rate))),
  };
}

export type WallCause = 'difficulty' | 'other';

// A level that fails half as often again as the usual one is hard; else people leave for another reason.
const hardFactor = 1.5;

export const causeOf = (wall: LevelRow, typical: Typical): WallCause =>
  wall.fail_rate !== null && typical.failRate !== null && wall.fail_rate >= hardFactor * typical.failRate
    ? 'difficulty'
    : 'other';
