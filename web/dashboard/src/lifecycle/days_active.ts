export interface DaysRow {
  days: number;
  players: number;
}

/** A day count that nobody has lies between others like any of them: a gap in the row would hide it. */
export function everyCount(rows: DaysRow[]): DaysRow[] {
  const known = new Map(rows.map((row) => [row.days, row.players]));
  const most = Math.max(0, ...rows.map((row) => row.days));
  return Array.from({ length: most }, (_, index) => ({ days: index + 1, players: known.get(index + 1) ?? 0 }));
}
