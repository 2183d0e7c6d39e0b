import { formatCompact, formatNumber, type NumberKind } from '../format/numbers';
import { splitCurve, type CohortCurve, type CohortMean, type CohortPoint } from '../metrics/cohort_curves';
import { linear, roundTicks } from './scale';
import { useSteps } from './use_steps';
import { useWidth } from './use_width';

interface Props {
  /** What a value is, for screen readers. */
  label: string;
  days: number[];
  dayName: (day: number) => { short: string; long: string };
  curves: CohortCurve[];
  average: CohortMean[];
  kind: NumberKind;
  currency?: string;
}

const height = 280;
const margin = { left: 54, right: 18, top: 10, bottom: 28 };

type Position = (value: number) => number;

const path = (points: CohortPoint[], x: Position, y: Position): string =>
  points
    .map((point, index) => `${index === 0 ? 'M' : 'L'}${x(point.day).toFixed(1)},${y(point.value).toFixed(1)}`)
    .join('');

/** Each cohort as a line, dashed where it can still grow; the average over the finished ones on top. */
export function CohortChart(props: Props) {
  const { label, days, dayName, curves, average, kind, currency } = props;
  const [container, width] = useWidth<HTMLDivElement>();
  const { active, setActive, handlers } = useSteps(days.length);
  const means = average.flatMap(({ day, value }) => (value === null ? [] : [{ day, value, complete: true }]));
  // A cohort of one day is no line yet; a single value in it would flatten all the others.
  const drawn = curves.filter((curve) => curve.points.length > 1);
  const highest = Math.max(
    0,
    ...[...drawn, { points: means }].flatMap(({ points }) => points.map((point) => point.value)),
  );
  const ticks = roundTicks(highest, 5);
  const [first, last] = [days[0] ?? 0, days.at(-1) ?? 1];
  const x: Position = (day) =>
    margin.left + ((day - first) / Math.max(1, last - first)) * (width - margin.left - margin.right);
  const y = linear(ticks.at(-1) ?? 1, height - margin.bottom, margin.top);
  const day = active === null ? undefined : days[active];

  return (
    // It takes arrow keys, so it must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="time-chart"
      ref={container}
      role="group"
      aria-roledescription="chart"
      aria-label={`${label}. Arrow keys read single days.`}
      tabIndex={0}
      {...handlers}
    >
      {width > 0 && (
        <svg
          className="line-chart"
          width={width}
          height={height}
          aria-hidden="true"
          onMouseMove={(event) =>
            setActive(nearest(days, x, event.clientX - event.currentTarget.getBoundingClientRect().left))
          }
        >
          {ticks.map((tick) => (
            <g key={tick}>
              <line className="grid-line" x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
              <text x={margin.left - 8} y={y(tick) + 4} textAnchor="end">
                {formatCompact(tick, kind, currency)}
              </text>
            </g>
          ))}
          {spaced(days, x).map((shown) => (
            <text key={shown} x={x(shown)} y={height - 8} textAnchor="middle">
              {dayName(shown).short}
            </text>
          ))}
          {drawn.map((curve) => {
            const { final, open } = splitCurve(curve.points);
            return (
              <g
                key={curve.key}
                className={`cohort-line${curve.color ? ` is-series-${curve.color}` : ''}`}
                data-cohort={curve.key}
              >
                <path d={path(final, x, y)} />
                {open.length > 1 && <path className="is-open" d={path(open, x, y)} />}
              </g>
            );
          })}
          <path className="average-line" d={path(means, x, y)} />
          {day !== undefined && <line className="cursor-line" x1={x(day)} x2={x(day)} y1={margin.top} y2={y(0)} />}
        </svg>
      )}
      {day !== undefined && <Tip {...props} day={day} left={x(day)} width={width} />}
    </div>
  );
}

interface TipProps extends Omit<Props, 'days' | 'label'> {
  day: number;
  left: number;
  width: number;
}

function Tip({ day, dayName, left, width, curves, average, kind, currency }: TipProps) {
  const mean = average.find((entry) => entry.day === day);
  const show = (value: number | null | undefined) => formatNumber(value, kind, currency);
  const here = curves.flatMap((curve) => {
    const point = curve.points.find((one) => one.day === day);
    return point ? [{ ...curve, value: point.value }] : [];
  });
  const named = here.some((curve) => curve.color);
  return (
    <div
      className="chart-tip"
      role="status"
      style={left > width / 2 ? { right: width - left + 14 } : { left: left + 14 }}
    >
      <strong>{dayName(day).long}</strong>
      {mean && (
        <span>
          Average <b>{show(mean.value)}</b>
          {mean.players > 0 && <> of {formatNumber(mean.players, 'count')} players</>}
        </span>
      )}
      {named ? <Named curves={here} show={show} /> : <Extremes curves={here} show={show} />}
    </div>
  );
}

interface ReadProps {
  curves: (CohortCurve & { value: number })[];
  show: (value: number) => string;
}

const Named = ({ curves, show }: ReadProps) =>
  curves.map((curve) => (
    <span key={curve.key} className="chart-tip-row">
      <i className={`swatch swatch-series-${curve.color}`} />
      <span>{curve.name}</span>
      <b>{show(curve.value)}</b>
    </span>
  ));

function Extremes({ curves, show }: ReadProps) {
  const sorted = curves.toSorted((a, b) => b.value - a.value);
  const [best, worst] = [sorted[0], sorted.at(-1)];
  return (
    <>
      {best && (
        <span>
          Highest <b>{show(best.value)}</b>, {best.name}
        </span>
      )}
      {worst && worst !== best && (
        <span>
          Lowest <b>{show(worst.value)}</b>, {worst.name}
        </span>
      )}
    </>
  );
}

function nearest(days: number[], x: Position, at: number): number {
  let best = 0;
  days.forEach((day, index) => {
    if (Math.abs(x(day) - at) < Math.abs(x(days[best] ?? 0) - at)) best = index;
  });
  return best;
}

/** Labels that do not touch; the last day is always one. */
function spaced(days: number[], x: Position): number[] {
  const labelWidth = 40;
  const kept: number[] = [];
  for (const day of days.toReversed()) {
    const right = kept[0];
    if (right === undefined || x(right) - x(day) >= labelWidth) kept.unshift(day);
  }
  return kept;
}
