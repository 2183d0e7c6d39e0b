import { Fragment } from 'react';
import { formatNumber } from '../format/numbers';
import { tintStep } from '../metrics/retention_matrix';
import type { WeekHours } from '../sessions/week_hours';
import { tintSteps } from './retention_triangle';
import { useWidth } from './use_width';

const dayWidth = 42;
const narrowestCell = 30;
const row = { height: 24, gap: 2 };
const head = 20;

/** 2024-01-01 was a Monday; only its weekday is used. */
export const weekdayName = (day: number): string =>
  new Intl.DateTimeFormat(undefined, { weekday: 'short', timeZone: 'UTC' }).format(
    new Date(Date.UTC(2024, 0, 1 + day)),
  );

export function WeekHeatmap({ hours, label }: { hours: WeekHours; label: string }) {
  const [container, width] = useWidth<HTMLDivElement>();
  const cell = Math.max(narrowestCell, (width - dayWidth) / 24);
  return (
    // It scrolls on a phone; a region that scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div className="triangle-scroll" ref={container} role="region" aria-label={label} tabIndex={0}>
      {width > 0 && (
        <svg
          className="triangle"
          width={dayWidth + 24 * cell}
          height={head + 7 * row.height}
          role="img"
          aria-label={`${label}. ${busiest(hours)}`}
        >
          <g className="triangle-head">
            {Array.from({ length: 24 }, (_, hour) => (
              <text key={hour} x={dayWidth + hour * cell + (cell - row.gap) / 2} y={head - 8} textAnchor="middle">
                {hour}
              </text>
            ))}
          </g>
          {hours.days.map((day, index) => (
            <Fragment key={weekdayName(index)}>
              <text className="triangle-date" x={0} y={head + index * row.height + 16}>
                {weekdayName(index)}
              </text>
              {day.map((value, hour) => (
                <HourCell
                  key={hour}
                  value={value}
                  highest={hours.highest}
                  x={dayWidth + hour * cell}
                  y={head + index * row.height}
                  width={cell - row.gap}
                />
              ))}
            </Fragment>
          ))}
        </svg>
      )}
    </div>
  );
}

interface CellProps {
  value: number | null;
  highest: number;
  x: number;
  y: number;
  width: number;
}

function HourCell({ value, highest, x, y, width }: CellProps) {
  if (value === null) return null;
  return (
    <g className={`cell tint-${tintStep(value, highest, tintSteps)}`}>
      <rect x={x} y={y} width={width} height={row.height - row.gap} rx={3} />
      <text x={x + width / 2} y={y + 15} textAnchor="middle">
        {formatNumber(value, 'count')}
      </text>
    </g>
  );
}

export function busiest(hours: WeekHours): string {
  for (const [day, values] of hours.days.entries()) {
    const hour = values.indexOf(hours.highest);
    if (hours.highest > 0 && hour >= 0) {
      return `Busiest: ${weekdayName(day)} at ${hour}:00 with ${formatNumber(hours.highest, 'count')} on average.`;
    }
  }
  return 'No sessions.';
}
