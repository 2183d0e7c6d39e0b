import { useId, useState, type KeyboardEvent } from 'react';
import { formatNumber } from '../format/numbers';
import {
  tintStep,
  type MatrixCell,
  type MatrixColumn,
  type MatrixRow,
  type RetentionMatrix,
} from '../metrics/retention_matrix';
import { nextCell, type Place } from './grid_steps';
import { useWidth } from './use_width';

export const tintSteps = 8;
const row = { height: 26, gap: 2 };
const head = 24;
const sizeWidth = 58;
const narrowestCell = 54;
const narrowestLabel = 58;
const widestLabel = 130;
const letterWidth = 6.6;

interface Props {
  matrix: RetentionMatrix;
  show: 'share' | 'players';
  rowsMax: number;
  /** What a row is: "Cohort", or the field that divides them. */
  rowTitle?: string;
  /** A click on a cell, or Enter on the one that is read. */
  onPick?: (row: MatrixRow, cell: MatrixCell) => void;
}

/** Cohorts by day as a heat map with the numbers in it. A cell whose day has not ended is striped instead of tinted. */
export function RetentionTriangle({ matrix, show, rowsMax, rowTitle = 'Cohort', onPick }: Props) {
  const [container, width] = useWidth<HTMLDivElement>();
  const [at, setAt] = useState<Place | null>(null);
  const hatch = useId();
  const rows = matrix.rows.slice(0, rowsMax);
  const layout = layOut(matrix, rows, width);
  const read = at && rows[at.row];
  const cell = (at && read?.cells[at.column]) ?? null;

  const enter = onPick ? ', Enter shows the players' : '';
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && read && cell && onPick) {
      event.preventDefault();
      onPick(read, cell);
    }
    const next = nextCell(
      event.key,
      at,
      rows.map(({ cells }) => cells),
    );
    if (!next) return;
    event.preventDefault();
    setAt(next);
  };
  return (
    // It scrolls on a phone and takes arrow keys, so it must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className={`triangle-scroll${onPick ? ' is-pickable' : ''}`}
      ref={container}
      role="group"
      aria-roledescription="chart"
      aria-label={`Retention by ${rowTitle.toLowerCase()}. Arrow keys read single cells${enter}.`}
      tabIndex={0}
      onMouseLeave={() => setAt(null)}
      onBlur={() => setAt(null)}
      onKeyDown={onKeyDown}
    >
      {width > 0 && (
        <svg className="triangle" width={layout.width} height={layout.height} role="img" aria-label={summary(matrix)}>
          <defs>
            <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect className="hatch-back" width="6" height="6" />
              <rect className="hatch-stripe" width="2" height="6" />
            </pattern>
          </defs>
          <Head columns={matrix.columns} layout={layout} rowTitle={rowTitle} />
          {matrix.average && <AverageRow average={matrix.average} columns={matrix.columns} layout={layout} />}
          {rows.map((cohort, rowIndex) => (
            <g key={cohort.key} data-cohort={cohort.key}>
              <text className="triangle-date" x={0} y={layout.line(rowIndex) + 17}>
                {shorten(cohort.label)}
              </text>
              <text className="triangle-size" x={layout.column(0) - 10} y={layout.line(rowIndex) + 17} textAnchor="end">
                {formatNumber(cohort.size, 'count')}
              </text>
              {cohort.cells.map((one, index) =>
                one === null ? null : (
                  <Cell
                    key={one.day}
                    cell={one}
                    show={show}
                    tint={tintOf(one, matrix, matrix.columns[index])}
                    hatch={`url(#${hatch})`}
                    isRead={at?.row === rowIndex && at.column === index}
                    x={layout.column(index)}
                    y={layout.line(rowIndex)}
                    width={layout.cellWidth}
                    onEnter={() => setAt({ row: rowIndex, column: index })}
                    onPick={() => onPick?.(cohort, one)}
                  />
                ),
              )}
            </g>
          ))}
        </svg>
      )}
      {at && read && cell && (
        <CellTip at={at} cohort={read} cell={cell} column={matrix.columns[at.column]} layout={layout} />
      )}
    </div>
  );
}

function layOut(matrix: RetentionMatrix, rows: MatrixRow[], room: number) {
  const longest = Math.max(0, ...rows.map(({ label }) => shorten(label).length));
  const labels = Math.min(widestLabel, Math.max(narrowestLabel, 8 + longest * letterWidth));
  const start = labels + sizeWidth;
  const cellWidth = Math.max(narrowestCell, (room - start) / Math.max(1, matrix.columns.length));
  const column = (index: number) => start + index * cellWidth;
  const first = head + (matrix.average ? row.height + 6 : 0);
  const line = (index: number) => first + index * row.height;
  return { cellWidth, column, line, width: column(matrix.columns.length), height: line(rows.length) };
}
type Layout = ReturnType<typeof layOut>;

const longestLabel = 18;
const shorten = (text: string): string => (text.length > longestLabel ? `${text.slice(0, longestLabel - 1)}…` : text);

function tintOf(cell: MatrixCell, { highest }: RetentionMatrix, column: MatrixColumn | undefined): string {
  return column?.certain ? 'day0' : `tint-${tintStep(cell.share, highest, tintSteps)}`;
}

function Head({ columns, layout, rowTitle }: { columns: MatrixColumn[]; layout: Layout; rowTitle: string }) {
  return (
    <g className="triangle-head">
      <text x={0} y={head - 9}>
        {shorten(rowTitle)}
      </text>
      <text x={layout.column(0) - 10} y={head - 9} textAnchor="end">
        Players
      </text>
      {columns.map(({ day, label }, index) => (
        <text key={day} x={layout.column(index) + layout.cellWidth / 2} y={head - 9} textAnchor="middle">
          {label}
        </text>
      ))}
    </g>
  );
}

interface CellProps {
  cell: MatrixCell;
  show: 'share' | 'players';
  tint: string;
  hatch: string;
  isRead: boolean;
  x: number;
  y: number;
  width: number;
  onEnter: () => void;
  onPick: () => void;
}

function Cell({ cell, show, tint, hatch, isRead, x, y, width, onEnter, onPick }: CellProps) {
  return (
    // The chart around it takes the keys.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <g
      className={`cell ${cell.complete ? tint : 'incomplete'}${isRead ? ' is-read' : ''}`}
      data-day={cell.day}
      data-complete={cell.complete}
      onMouseEnter={onEnter}
      onClick={onPick}
    >
      <rect
        x={x}
        y={y}
        width={width - row.gap}
        height={row.height - row.gap}
        rx={3}
        fill={cell.complete ? undefined : hatch}
      />
      <text x={x + (width - row.gap) / 2} y={y + 16.5} textAnchor="middle">
        {show === 'share' ? formatNumber(cell.share, 'share') : formatNumber(cell.players, 'count')}
      </text>
    </g>
  );
}

interface AverageProps {
  average: ({ share: number } | null)[];
  columns: MatrixColumn[];
  layout: Layout;
}

function AverageRow({ average, columns, layout }: AverageProps) {
  return (
    <g className="triangle-average" data-average="">
      <text x={0} y={head + 17}>
        Average
      </text>
      {average.map((entry, index) => (
        <text
          key={columns[index]?.day}
          data-day={columns[index]?.day}
          x={layout.column(index) + layout.cellWidth / 2}
          y={head + 17}
          textAnchor="middle"
        >
          {formatNumber(entry?.share ?? null, 'share')}
        </text>
      ))}
    </g>
  );
}

interface TipProps {
  at: Place;
  cohort: MatrixRow;
  cell: MatrixCell;
  column: MatrixColumn | undefined;
  layout: Layout;
}

function CellTip({ at, cohort, cell, column, layout }: TipProps) {
  const left = layout.column(at.column) + layout.cellWidth / 2;
  return (
    <div
      className={`chart-tip triangle-tip${left > layout.width * 0.6 ? ' is-flipped' : ''}`}
      role="status"
      style={{ left, top: layout.line(at.row) + row.height + 4 }}
    >
      <strong>{cohort.long}</strong>
      <span>
        {column?.long}: <b>{formatNumber(cell.players, 'count')}</b> of {formatNumber(cell.size, 'count')} players,{' '}
        <b>{formatNumber(cell.share, 'share')}</b>
      </span>
      {!cell.complete && <span className="muted">Not final: the number can grow.</span>}
    </div>
  );
}

function summary({ columns, rows, average }: RetentionMatrix): string {
  const averages = columns.flatMap(({ long, certain }, index) => {
    const entry = average?.[index];
    return entry && !certain ? [`${long.toLowerCase()} ${formatNumber(entry.share, 'share')}`] : [];
  });
  const told = average ? ` Averages: ${averages.join(', ') || 'none yet'}.` : '';
  return `Retention of ${formatNumber(rows.length, 'count')} rows.${told} The table view has every number.`;
}
