import { useId, useState } from 'react';
import { longDate, shortDate } from '../format/dates';
import { formatNumber } from '../format/numbers';
import { tintStep, type MatrixCell, type MatrixRow, type RetentionMatrix } from '../metrics/retention_matrix';
import { useWidth } from './use_width';

export const tintSteps = 8;
const row = { height: 26, gap: 2 };
const head = 24;
const dateWidth = 58;
const sizeWidth = 58;
const narrowestCell = 54;

interface Props {
  matrix: RetentionMatrix;
  show: 'share' | 'players';
  rowsMax: number;
}

interface Hover {
  cohort: MatrixRow;
  cell: MatrixCell;
  x: number;
  y: number;
}

/** Cohorts by day as a heat map with the numbers in it. A cell whose day has not ended is striped instead of tinted. */
export function RetentionTriangle({ matrix, show, rowsMax }: Props) {
  const [container, width] = useWidth<HTMLDivElement>();
  const [hover, setHover] = useState<Hover | null>(null);
  const hatch = useId();
  const rows = matrix.rows.slice(0, rowsMax);
  const cellWidth = Math.max(narrowestCell, (width - dateWidth - sizeWidth) / matrix.days.length);
  const column = (index: number) => dateWidth + sizeWidth + index * cellWidth;
  const line = (index: number) => head + row.height + 6 + index * row.height;
  const size = { width: column(matrix.days.length), height: line(rows.length) };

  return (
    // It scrolls on a phone; a region that scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="triangle-scroll"
      ref={container}
      role="region"
      aria-label="Retention by cohort"
      tabIndex={0}
      onMouseLeave={() => setHover(null)}
    >
      {width > 0 && (
        <svg className="triangle" width={size.width} height={size.height} role="img" aria-label={summary(matrix)}>
          <defs>
            <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect className="hatch-back" width="6" height="6" />
              <rect className="hatch-stripe" width="2" height="6" />
            </pattern>
          </defs>
          <g className="triangle-head">
            <text x={0} y={head - 9}>
              Cohort
            </text>
            <text x={dateWidth + sizeWidth - 10} y={head - 9} textAnchor="end">
              Players
            </text>
            {matrix.days.map((day, index) => (
              <text key={day} x={column(index) + cellWidth / 2} y={head - 9} textAnchor="middle">{`D${day}`}</text>
            ))}
          </g>
          <AverageRow matrix={matrix} column={column} cellWidth={cellWidth} />
          {rows.map((cohort, rowIndex) => (
            <g key={cohort.date} data-cohort={cohort.date}>
              <text className="triangle-date" x={0} y={line(rowIndex) + 17}>
                {shortDate(cohort.date)}
              </text>
              <text className="triangle-size" x={dateWidth + sizeWidth - 10} y={line(rowIndex) + 17} textAnchor="end">
                {formatNumber(cohort.size, 'count')}
              </text>
              {cohort.cells.map((cell, index) =>
                cell === null ? null : (
                  <Cell
                    key={cell.day}
                    cell={cell}
                    show={show}
                    highest={matrix.highest}
                    hatch={`url(#${hatch})`}
                    x={column(index)}
                    y={line(rowIndex)}
                    width={cellWidth}
                    onEnter={() => setHover({ cohort, cell, x: column(index) + cellWidth / 2, y: line(rowIndex) })}
                  />
                ),
              )}
            </g>
          ))}
        </svg>
      )}
      {hover && <CellTip hover={hover} flip={hover.x > size.width * 0.6} />}
    </div>
  );
}

interface CellProps {
  cell: MatrixCell;
  show: 'share' | 'players';
  highest: number;
  hatch: string;
  x: number;
  y: number;
  width: number;
  onEnter: () => void;
}

function Cell({ cell, show, highest, hatch, x, y, width, onEnter }: CellProps) {
  // Day 0 is everybody by definition; tinting it would flatten the scale for the days that matter.
  const tint = cell.day === 0 ? 'day0' : `tint-${tintStep(cell.share, highest, tintSteps)}`;
  return (
    <g
      className={`cell ${cell.complete ? tint : 'incomplete'}`}
      data-day={cell.day}
      data-complete={cell.complete}
      onMouseEnter={onEnter}
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

function AverageRow({
  matrix,
  column,
  cellWidth,
}: {
  matrix: RetentionMatrix;
  column: (index: number) => number;
  cellWidth: number;
}) {
  return (
    <g className="triangle-average" data-average="">
      <text x={0} y={head + 17}>
        Average
      </text>
      {matrix.average.map((entry, index) => (
        <text
          key={matrix.days[index]}
          data-day={matrix.days[index]}
          x={column(index) + cellWidth / 2}
          y={head + 17}
          textAnchor="middle"
        >
          {formatNumber(entry?.share ?? null, 'share')}
        </text>
      ))}
    </g>
  );
}

function CellTip({ hover, flip }: { hover: Hover; flip: boolean }) {
  const { cohort, cell } = hover;
  return (
    <div
      className={`chart-tip triangle-tip${flip ? ' is-flipped' : ''}`}
      role="status"
      style={{ left: hover.x, top: hover.y + row.height + 4 }}
    >
      <strong>{longDate(cohort.date)}</strong>
      <span>
        Day {cell.day}: <b>{formatNumber(cell.players, 'count')}</b> of {formatNumber(cohort.size, 'count')} players,{' '}
        <b>{formatNumber(cell.share, 'share')}</b>
      </span>
      {!cell.complete && <span className="muted">This day has not ended; the number can grow.</span>}
    </div>
  );
}

function summary(matrix: RetentionMatrix): string {
  const averages = matrix.days.flatMap((day, index) => {
    const entry = matrix.average[index];
    return entry && day > 0 ? [`day ${day} ${formatNumber(entry.share, 'share')}`] : [];
  });
  return `Retention of ${matrix.rows.length} cohorts. Averages: ${averages.join(', ') || 'none yet'}. The table view has every number.`;
}
