export interface Place {
  row: number;
  column: number;
}

/** Where a key leads in rows of cells, of which some are missing; null where it leads nowhere. */
export function nextCell(key: string, at: Place | null, rows: readonly (readonly unknown[])[]): Place | null {
  const steps: Record<string, [row: number, column: number]> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
  };
  const step = steps[key];
  if (!step) return null;
  const isCell = ({ row, column }: Place) => (rows[row]?.[column] ?? null) !== null;
  if (at === null) {
    const row = rows.findIndex((cells) => cells.some((cell) => cell !== null));
    return row < 0 ? null : { row, column: (rows[row] ?? []).findIndex((cell) => cell !== null) };
  }
  const next = { row: at.row + step[0], column: at.column + step[1] };
  return isCell(next) ? next : null;
}
