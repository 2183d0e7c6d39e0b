import { breakdownName, type Answer, type Cell, type Question, type Row } from '../../api/questions';
import { addDays, dateRange, firstDayOf, longDate, monthName, shortDate } from '../../format/dates';
import type { CohortCurve, CohortMean } from '../../metrics/cohort_curves';
import {
  averagesOf,
  highestShare,
  type MatrixCell,
  type MatrixColumn,
  type MatrixRow,
  type RetentionMatrix,
} from '../../metrics/retention_matrix';
import { within } from './retention_plan';
import type { Unit } from './retention_search';

/** Beside these a row has the fields of the breakdown, and `other`. */
export type RetentionRow = Row & {
  cohort_date: string;
  day: number;
  size: number;
  players: number;
  share: number;
  complete: boolean;
};
export type AverageRow = Row & { day: number; size: number; players: number; share: number | null; cohorts: number };
export type RetentionAnswer = Answer<RetentionRow> & { average: AverageRow[] };

const groupBy = <Item>(items: Item[], keyOf: (item: Item) => string): Map<string, Item[]> => {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
};

/** Cohorts of several days hold different players, so their numbers add up. */
function cellOf(day: number, rows: RetentionRow[]): MatrixCell | null {
  const here = rows.filter((row) => row.day === day);
  const size = here.reduce((sum, row) => sum + row.size, 0);
  const players = here.reduce((sum, row) => sum + row.players, 0);
  if (size === 0) return null;
  // A cohort whose day has not begun has no row; the group is final when all of its cohorts are.
  const all = new Set(rows.map((row) => row.cohort_date)).size;
  const complete = here.length === all && here.every((row) => row.complete);
  return { day, players, size, share: players / size, complete };
}

const sizeOf = (rows: RetentionRow[]): number =>
  [...new Map(rows.map((row) => [row.cohort_date, row.size])).values()].reduce((sum, size) => sum + size, 0);

function names(unit: Unit, first: string, last: string): Pick<MatrixRow, 'label' | 'long'> {
  if (unit === 'day') return { label: shortDate(first), long: longDate(first) };
  return { label: unit === 'week' ? shortDate(first) : monthName(first), long: dateRange(first, last) };
}

export interface MatrixInput {
  answer: RetentionAnswer;
  columns: MatrixColumn[];
  unit: Unit;
  today: string;
}

/** "Every day to N" says nothing before day N: a 0 would be a statement about the future. */
const hasBegun = (row: RetentionRow, question: Question, today: string): boolean =>
  question['type'] !== 'full' || addDays(row.cohort_date, row.day) <= today;

/** One row a cohort of a day, a week or a month; newest first, and none without players. */
export function cohortMatrix({ answer, columns, unit, today }: MatrixInput, question: Question): RetentionMatrix {
  const known = answer.rows.filter((row) => row.size > 0 && hasBegun(row, question, today));
  const keyOf = (date: string) => (unit === 'day' ? date : firstDayOf(unit, date));
  const rows = [...groupBy(known, (row) => keyOf(row.cohort_date))].map(([key, group]): MatrixRow => {
    const days = daysOf(key, unit, question);
    return {
      key,
      ...names(unit, days.from, days.to),
      size: sizeOf(group),
      cells: columns.map(({ day }) => cellOf(day, group)),
    };
  });
  rows.sort((a, b) => b.key.localeCompare(a.key));
  return trimmed({ columns, rows, average: averagesOf(columns, answer.average), highest: highestShare(columns, rows) });
}

/** Without the columns at the end that no row reaches: the game may be younger than the range. */
function trimmed(matrix: RetentionMatrix): RetentionMatrix {
  const reached = matrix.columns.findLastIndex((_, index) =>
    matrix.rows.some(({ cells }) => (cells[index] ?? null) !== null),
  );
  return {
    ...matrix,
    columns: matrix.columns.slice(0, reached + 1),
    rows: matrix.rows.map((row) => ({ ...row, cells: row.cells.slice(0, reached + 1) })),
    average: matrix.average?.slice(0, reached + 1) ?? null,
  };
}

function daysOf(key: string, unit: Unit, question: Question) {
  if (unit === 'day') return { from: key, to: key };
  const next = unit === 'week' ? addDays(key, 7) : firstDayOf('month', addDays(key, 31));
  return within(question, key, addDays(next, -1));
}

/** One row a value of the breakdown: the average over its cohorts whose day has ended. */
export function breakdownMatrix({ answer, columns }: MatrixInput, fields: string[]): RetentionMatrix {
  const starts = groupBy(answer.rows, (row) => breakdownName(row, fields));
  const rows = [...groupBy(answer.average, (row) => breakdownName(row, fields))].map(([name, entries]): MatrixRow => {
    const byDay = new Map(entries.map((entry) => [entry.day, entry]));
    const cells = columns.map(({ day }): MatrixCell | null => {
      const entry = byDay.get(day);
      if (!entry || entry.share === null) return null;
      return { day, players: entry.players, size: entry.size, share: entry.share, complete: true };
    });
    return { key: name, label: name, long: name, size: sizeOf(starts.get(name) ?? []), cells };
  });
  return trimmed({ columns, rows, average: null, highest: highestShare(columns, rows) });
}

/** What is true by definition is no part of a curve: it would flatten the rest. */
const pointsOf = (row: MatrixRow, columns: MatrixColumn[]) =>
  row.cells.flatMap((cell, index) =>
    cell && !columns[index]?.certain ? [{ day: cell.day, value: cell.share, complete: cell.complete }] : [],
  );

export const cohortCurves = ({ rows, columns }: RetentionMatrix, named: boolean): CohortCurve[] =>
  rows.map((row, index) => ({
    key: row.key,
    name: row.long,
    points: pointsOf(row, columns),
    ...(named ? { color: index + 1 } : {}),
  }));

export const curveDays = (columns: MatrixColumn[]): number[] =>
  columns.filter(({ certain }) => !certain).map(({ day }) => day);

export const cohortMeans = ({ average, columns }: RetentionMatrix): CohortMean[] =>
  columns.flatMap(({ day, certain }, index) => {
    const entry = average?.[index];
    return entry && !certain ? [{ day, players: entry.size, value: entry.share }] : [];
  });

export interface Behind {
  query: Question;
  cell: Cell;
}

/** Who is behind a cell of a cohort: of a week or month, those of all its days. */
export function behindCohort(question: Question, unit: Unit, row: MatrixRow, day: number): Behind {
  if (unit === 'day') return { query: question, cell: { cohort_date: row.key, day } };
  return { query: { ...question, ...daysOf(row.key, unit, question) }, cell: { day } };
}

const listed = 100;

/** Who is behind an average: those of the cohorts that were in it, which are all up to a day. None for "Other". */
export function behindAverage(
  question: Question,
  answer: RetentionAnswer,
  fields: string[],
  name: string,
  day: number,
): Behind | null {
  const rows = answer.rows.filter((row) => row.day === day && breakdownName(row, fields) === name);
  const last = rows
    .filter((row) => row.complete)
    .map((row) => row.cohort_date)
    .toSorted()
    .at(-1);
  const first = rows[0];
  if (!first || last === undefined || first['other'] === true) return null;
  const values = Object.fromEntries(fields.map((field) => [field, first[field] ?? null]));
  // In fewer days other values may be the frequent ones; enough of them keep this one by itself.
  return fields.length === 0
    ? { query: { ...question, to: last }, cell: { day } }
    : { query: { ...question, to: last, top: listed }, cell: { ...values, other: false, day } };
}
