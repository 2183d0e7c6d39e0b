import { formatCompact, formatNumber } from '../format/numbers';
import type { LevelRow } from '../progression/levels';
import { linear, roundTicks } from './scale';
import { useSteps } from './use_steps';
import { useWidth } from './use_width';

interface Props {
  levels: LevelRow[];
}

const margin = { left: 50, right: 12 };
const upper = { top: 8, bottom: 168 };
const lower = { top: 200, bottom: 284 };
const height = 312;
const narrowestLevel = 7;
const labelWidth = 34;

/** Above: attempts at each level that succeeded and failed, and who started it. Below: the share of players whom it lost. */
export function LevelChart({ levels }: Props) {
  const [container, width] = useWidth<HTMLDivElement>();
  const { active, setActive, handlers } = useSteps(levels.length);
  const step = Math.max(narrowestLevel, (width - margin.left - margin.right) / Math.max(1, levels.length));
  const total = margin.left + margin.right + step * levels.length;
  const x = (index: number) => margin.left + index * step;
  const level = active === null ? undefined : levels[active];

  return (
    // It scrolls on a phone and takes arrow keys, so it must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="time-chart level-scroll"
      ref={container}
      role="group"
      aria-roledescription="chart"
      aria-label="Attempts and drop-off by level. Arrow keys read single levels."
      tabIndex={0}
      {...handlers}
    >
      {width > 0 && (
        <svg
          className="line-chart"
          width={total}
          height={height}
          aria-hidden="true"
          onMouseMove={(event) => {
            const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
            setActive(Math.max(0, Math.min(levels.length - 1, Math.floor((at - margin.left) / step))));
          }}
        >
          {active !== null && <rect className="active-band" x={x(active)} y={0} width={step} height={height - 20} />}
          <Attempts levels={levels} x={x} step={step} right={total - margin.right} />
          <DropOff levels={levels} x={x} step={step} right={total - margin.right} />
          {labelled(levels.length, step).map((index) => (
            <text key={levels[index]?.level} x={x(index) + step / 2} y={height - 10} textAnchor="middle">
              {levels[index]?.level}
            </text>
          ))}
        </svg>
      )}
      {level && active !== null && <Tip level={level} left={x(active) + step / 2} flip={x(active) > total / 2} />}
    </div>
  );
}

function labelled(count: number, step: number): number[] {
  const every = [1, 2, 5, 10, 20, 50, 100].find((candidate) => candidate * step >= labelWidth) ?? 200;
  return Array.from({ length: count }, (_, index) => index).filter((index) => (index + 1) % every === 0 || index === 0);
}

interface PanelProps extends Props {
  x: (index: number) => number;
  step: number;
  right: number;
}

function Attempts({ levels, x, step, right }: PanelProps) {
  const ticks = roundTicks(
    Math.max(...levels.map((level) => Math.max(level.completes + level.fails, level.players))),
    3,
  );
  const y = linear(ticks.at(-1) ?? 1, upper.bottom, upper.top);
  const bar = Math.max(1, step * 0.74);
  return (
    <>
      <Grid ticks={ticks} y={y} right={right} show={(tick) => formatCompact(tick, 'count')} />
      {levels.map((level, index) => (
        <g key={level.level} data-level={level.level}>
          <rect
            className="fill-series-1"
            x={x(index) + (step - bar) / 2}
            width={bar}
            y={y(level.completes)}
            height={upper.bottom - y(level.completes)}
          />
          <rect
            className="fill-series-2"
            x={x(index) + (step - bar) / 2}
            width={bar}
            y={y(level.completes + level.fails)}
            height={Math.max(0, y(level.completes) - y(level.completes + level.fails) - 1)}
          />
        </g>
      ))}
      <polyline
        className="average-line is-thin"
        points={levels
          .map((level, index) => `${(x(index) + step / 2).toFixed(1)},${y(level.players).toFixed(1)}`)
          .join(' ')}
      />
    </>
  );
}

function DropOff({ levels, x, step, right }: PanelProps) {
  const ticks = roundTicks(Math.max(0.01, ...levels.map((level) => level.drop_off ?? 0)), 2);
  const y = linear(ticks.at(-1) ?? 1, lower.bottom, lower.top);
  const bar = Math.max(1, step * 0.74);
  return (
    <>
      <text className="panel-title" x={margin.left} y={lower.top - 10}>
        Drop-off
      </text>
      <Grid ticks={ticks} y={y} right={right} show={(tick) => formatCompact(tick, 'share')} />
      {levels.map((level, index) => {
        const top = y(level.drop_off ?? 0);
        const middle = x(index) + step / 2;
        return (
          <g key={level.level}>
            <rect
              className={level.wall ? 'fill-wall' : 'fill-quiet'}
              x={middle - bar / 2}
              width={bar}
              y={top}
              height={lower.bottom - top}
            />
            {/* A shape as well as a colour. */}
            {level.wall && (
              <path className="fill-wall" d={`M${middle - 4},${top - 9}h8l-4,6z`} data-wall={level.level} />
            )}
          </g>
        );
      })}
    </>
  );
}

interface GridProps {
  ticks: number[];
  y: (value: number) => number;
  right: number;
  show: (tick: number) => string;
}

function Grid({ ticks, y, right, show }: GridProps) {
  return ticks.map((tick) => (
    <g key={tick}>
      <line className="grid-line" x1={margin.left} x2={right} y1={y(tick)} y2={y(tick)} />
      <text x={margin.left - 8} y={y(tick) + 4} textAnchor="end">
        {show(tick)}
      </text>
    </g>
  ));
}

function Tip({ level, left, flip }: { level: LevelRow; left: number; flip: boolean }) {
  const count = (value: number) => formatNumber(value, 'count');
  return (
    <div
      className={`chart-tip level-tip${flip ? ' is-flipped' : ''}`}
      role="status"
      style={{ left: flip ? left - 12 : left + 12 }}
    >
      <strong>
        Level {level.level}
        {level.wall && ', a wall'}
      </strong>
      <span>
        <b>{count(level.players)}</b> players started it, <b>{count(level.completed)}</b> completed it
      </span>
      <span>
        <b>{count(level.completes)}</b> attempts succeeded, <b>{count(level.fails)}</b> failed (
        {formatNumber(level.fail_rate, 'share')})
      </span>
      <span>
        <b>{formatNumber(level.drop_off, 'share')}</b> went no further ({count(level.dropped)} players)
      </span>
    </div>
  );
}
