import { breakdownName, numberOf, type Answer, type Row } from '../../api/questions';
import type { CsvCell } from '../../format/csv';

export interface ExploreAnswer extends Answer {
  /** The same over the whole range; distinct players are counted once there. */
  totals: Row[];
}

export interface Series {
  name: string;
  /** One per position; null where the series has no row there. */
  rows: (Row | null)[];
}

export interface ExploreTable {
  /** Dates, or moments where the interval is an hour. */
  positions: string[];
  provisional: boolean[];
  series: Series[];
}

const positionOf = (row: Row): string => String(row['time'] ?? row['date']);

/** Rows of the answer as one column per value of the breakdown, in the server's order: the greatest first, others last. */
export function exploreTable(answer: ExploreAnswer, breakdown: string[], label: string): ExploreTable {
  const positions = [...new Set(answer.rows.map(positionOf))].toSorted();
  const places = new Map(positions.map((position, index) => [position, index]));
  const provisional = positions.map(() => false);
  const series = new Map<string, Series>();
  for (const row of answer.rows) {
    const name = breakdown.length > 0 ? breakdownName(row, breakdown) : label;
    const index = places.get(positionOf(row)) ?? 0;
    const one = series.get(name) ?? { name, rows: positions.map(() => null) };
    one.rows[index] = row;
    series.set(name, one);
    provisional[index] ||= row['provisional'] === true;
  }
  return { positions, provisional, series: [...series.values()] };
}

export function exploreCsv(table: ExploreTable, compares: boolean): { header: string[]; rows: CsvCell[][] } {
  return {
    header: ['date', 'series', 'value', ...(compares ? ['previous'] : []), 'provisional'],
    rows: table.series.flatMap(({ name, rows }) =>
      table.positions.map((position, index) => [
        position,
        name,
        numberOf(rows[index]),
        ...(compares ? [numberOf(rows[index], 'previous')] : []),
        table.provisional[index] ?? false,
      ]),
    ),
  };
}
