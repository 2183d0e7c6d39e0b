import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatCompact, formatNumber, type NumberKind } from '../format/numbers';
import type { Mark } from '../marks/marks';
import { useMarks } from '../marks/use_marks';
import { useShownTheme } from '../shell/theme';
import { labelledIndexes, labelSteps, scaleTop } from './axis';
import { barsPlugin, colorOf, stackEnds, type BarSeries } from './bars_plugin';
import { useChartFrame } from './chart_frame';
import { MarksNote } from './marks_note';
import { marksPlugin } from './marks_plugin';
import { nextPart, partAt } from './parts';
import { useSize, useWidth } from './use_width';

export interface BarChartProps {
  /** For screen readers. */
  label: string;
  /** Short, for the axis; long, for the tooltip; the date of a day, which what happened on it is known by. One per bar. */
  positions: { short: string; long: string; day?: string }[];
  series: BarSeries[];
  provisional: boolean[];
  line?: { label: string; values: (number | null)[] } | null;
  /** A sum shown in the tooltip of a stack. */
  totalLabel?: string;
  /** What lies between two bars. */
  spacing?: keyof typeof labelSteps;
  kind: NumberKind;
  currency?: string;
  height?: number;
  shape?: 'bars' | 'lines';
  /** A click on a bar, or Enter on the one that is read, leads to what is behind it; `part` is the series. */
  onPick?: (index: number, part: number) => void;
}

interface Hover {
  index: number;
  left: number;
}

const usualHeight = 208;
const lowest = 70;

/** Daily or per-minute bars on uPlot, with a tooltip for mouse and arrow keys. */
export function BarChart(props: BarChartProps) {
  const { label, positions, series, provisional, shape, onPick } = props;
  const { fills } = useChartFrame();
  const [box, room] = useSize<HTMLDivElement>();
  const height = fills ? Math.max(lowest, room.height) : (props.height ?? usualHeight);
  const [container, width] = useWidth<HTMLDivElement>();
  const [hover, setHover] = useState<Hover | null>(null);
  const [part, setPart] = useState(0);
  const theme = useShownTheme();
  const marks = useMarks(positions.map(({ day }) => day));
  const plot = usePlot({ ...props, height, marks }, container, width, theme, setHover);

  const moveTo = (index: number) => {
    const bounded = Math.max(0, Math.min(positions.length - 1, index));
    plot.current?.setCursor({ left: plot.current.valToPos(bounded, 'x'), top: 0 });
  };
  const pickAt = (clientY: number) => {
    if (!hover || !onPick || !plot.current) return;
    const value = plot.current.posToVal(clientY - plot.current.over.getBoundingClientRect().top, 'y');
    onPick(hover.index, partAt(series, hover.index, value, shape));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && onPick) {
      // Else the same key press would go on to the first button of what opens.
      event.preventDefault();
      if (hover) onPick(hover.index, part);
      return;
    }
    if (hover && series.length > 1 && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      setPart(nextPart(series, hover.index, part, event.key === 'ArrowUp' ? 1 : -1));
      return;
    }
    const last = positions.length - 1;
    const from = hover?.index ?? last + 1;
    const targets: Record<string, number> = {
      ArrowLeft: from - 1,
      ArrowRight: hover ? from + 1 : last,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    moveTo(target);
  };

  return (
    // The chart takes arrow keys, so it must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={box}
      className={`time-chart${onPick ? ' is-pickable' : ''}${fills ? ' fills' : ''}`}
      role="group"
      aria-roledescription="chart"
      aria-label={`${label}. Arrow keys read single values${onPick ? ', Enter shows the players' : ''}.`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onClick={(event) => pickAt(event.clientY)}
      onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
    >
      <div ref={container} className="plot" style={{ height }} />
      {hover && (
        <Tooltip
          {...props}
          hover={hover}
          marks={marks.get(hover.index) ?? []}
          part={series.length > 1 && onPick ? part : null}
          width={width}
          provisional={provisional}
        />
      )}
      <MarksNote marks={marks} positions={positions} />
    </div>
  );
}

function Tooltip({
  positions,
  series,
  provisional,
  line,
  totalLabel,
  kind,
  currency,
  hover,
  marks,
  part,
  width,
}: BarChartProps & { hover: Hover; marks: Mark[]; part: number | null; width: number }) {
  const show = (value: number | null | undefined) => formatNumber(value, kind, currency);
  const { index, left } = hover;
  const total = series.reduce((sum, one) => sum + (one.below ? 0 : (one.values[index] ?? 0)), 0);
  const rows = series.map((one, at) => ({ ...one, isRead: at === part })).toReversed();
  return (
    <div
      className="chart-tip"
      role="status"
      style={left > width / 2 ? { right: width - left + 14 } : { left: left + 14 }}
    >
      <strong>{positions[index]?.long}</strong>
      {totalLabel && <Row name={totalLabel} value={show(total)} />}
      {rows.map((one) => (
        <Row key={one.label} name={one.label} value={show(one.values[index])} swatch={one.color} isRead={one.isRead} />
      ))}
      {line && <Row name={line.label} value={show(line.values[index])} swatch="line" />}
      {marks.map(({ text }) => (
        <span key={text}>▾ {text}</span>
      ))}
      {provisional[index] && <span className="muted">Not final yet</span>}
    </div>
  );
}

interface RowProps {
  name: string;
  value: string;
  swatch?: string;
  isRead?: boolean;
}

function Row({ name, value, swatch, isRead = false }: RowProps) {
  return (
    <span className={`chart-tip-row${isRead ? ' is-read' : ''}`}>
      {swatch && <i className={`swatch swatch${swatch === 'line' ? '-line' : swatch.slice(1)}`} />}
      <span>{name}</span>
      <b>{value}</b>
    </span>
  );
}

// The scale is made from it; the plugin draws.
const undrawn = { paths: () => null, points: { show: false } };

type PlotInput = BarChartProps & { height: number; marks: Map<number, Mark[]> };

function usePlot(
  input: PlotInput,
  container: React.RefObject<HTMLDivElement | null>,
  width: number,
  theme: string,
  setHover: (hover: Hover | null) => void,
) {
  const plot = useRef<uPlot | null>(null);
  const active = useRef<number | null>(null);
  const { positions, series, provisional, line, kind, currency, height, shape, marks } = input;
  // Only what is drawn: a parent that renders again with equal data does not rebuild the canvas.
  const drawn = JSON.stringify([positions, series, provisional, line, kind, currency, shape, [...marks.keys()]]);
  const measured = width > 0;
  const latest = useMemo(() => ({ width, height, setHover }), [width, height, setHover]);
  const size = useRef(latest);
  size.current = latest;

  useEffect(() => {
    if (!container.current || !measured) return;
    const ends = stackEnds({ series, shape, line: line?.values ?? null });
    const made = new uPlot(
      options(input, size.current.width, active, (hover) => size.current.setHover(hover)),
      [positions.map((_, index) => index), ends.tops, ends.bottoms],
      container.current,
    );
    plot.current = made;
    return () => {
      active.current = null;
      size.current.setHover(null);
      plot.current = null;
      made.destroy();
    };
    // oxlint-disable-next-line react/exhaustive-deps -- `drawn` stands for everything the canvas shows
  }, [drawn, theme, measured, height]);

  useEffect(() => {
    if (measured) plot.current?.setSize({ width, height });
  }, [width, height, measured]);
  return plot;
}

function options(
  input: PlotInput,
  width: number,
  active: { current: number | null },
  setHover: (hover: Hover | null) => void,
): uPlot.Options {
  const { positions, series, provisional, line, kind, currency, height, shape } = input;
  // What hangs below the axis is counted, not negative.
  const size = (value: number) => (series.some((one) => one.below) ? Math.abs(value) : value);
  const axis = {
    stroke: colorOf('--text-muted'),
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
    ticks: { show: false },
  };
  return {
    width,
    height,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      x: false,
      // The cursor jumps from bar to bar, which uPlot takes for dragging; its own handler would swallow the click.
      drag: { x: false, y: false, click: () => undefined },
      points: { show: false },
      move: (plot, left, top) =>
        left < 0 ? [left, top] : [plot.valToPos(Math.round(plot.posToVal(left, 'x')), 'x'), top],
    },
    scales: {
      x: { time: false, range: [-0.5, Math.max(0.5, positions.length - 0.5)] },
      y: { range: (_plot, low, high) => [low && low < 0 ? -scaleTop(-low) : 0, scaleTop(high ?? 0)] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        gap: 7,
        grid: { show: false },
        splits: (plot) =>
          labelledIndexes(
            positions.length,
            plot.bbox.width / devicePixelRatio,
            62,
            labelSteps[input.spacing ?? 'days'],
          ),
        values: (_plot, indexes) => indexes.map((index) => positions[index]?.short ?? ''),
      },
      {
        ...axis,
        gap: 6,
        space: 44,
        grid: { stroke: colorOf('--grid'), width: 1 },
        size: (_plot, labels) => 14 + 6.6 * Math.max(2, ...(labels ?? []).map((text) => text.length)),
        values: (_plot, values) => values.map((value) => formatCompact(size(value), kind, currency)),
      },
    ],
    series: [{}, undrawn, undrawn],
    plugins: [
      marksPlugin(input.marks),
      barsPlugin({ shape, series, provisional, line: line?.values ?? null, active: () => active.current }),
    ],
    hooks: {
      setCursor: [
        (plot) => {
          const { idx, left } = plot.cursor;
          const index = left === undefined || left < 0 ? null : (idx ?? null);
          if (index === active.current) return;
          active.current = index;
          setHover(
            index === null ? null : { index, left: plot.valToPos(index, 'x') + plot.bbox.left / devicePixelRatio },
          );
          plot.redraw(false);
        },
      ],
    },
  };
}
