import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatCompact, formatNumber, type NumberKind } from '../format/numbers';
import { useShownTheme } from '../shell/theme';
import { labelledIndexes, labelSteps, scaleTop } from './axis';
import { barsPlugin, colorOf, stackTops, type BarSeries } from './bars_plugin';
import { useWidth } from './use_width';

export interface BarChartProps {
  /** For screen readers. */
  label: string;
  /** Short, for the axis; long, for the tooltip. One per bar. */
  positions: { short: string; long: string }[];
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
  /** A click on a bar, or Enter on the one that is read, leads to what is behind it. */
  onPick?: (index: number) => void;
}

interface Hover {
  index: number;
  left: number;
}

/** Daily or per-minute bars on uPlot, with a tooltip for mouse and arrow keys. */
export function BarChart(props: BarChartProps) {
  const { label, positions, provisional, height = 208 } = props;
  const [container, width] = useWidth<HTMLDivElement>();
  const [hover, setHover] = useState<Hover | null>(null);
  const theme = useShownTheme();
  const plot = usePlot({ ...props, height }, container, width, theme, setHover);

  const moveTo = (index: number) => {
    const bounded = Math.max(0, Math.min(positions.length - 1, index));
    plot.current?.setCursor({ left: plot.current.valToPos(bounded, 'x'), top: 0 });
  };
  const pick = () => {
    if (hover && props.onPick) props.onPick(hover.index);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && props.onPick) {
      // Else the same key press would go on to the first button of what opens.
      event.preventDefault();
      pick();
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
      className={`time-chart${props.onPick ? ' is-pickable' : ''}`}
      role="group"
      aria-roledescription="chart"
      aria-label={`${label}. Arrow keys read single values${props.onPick ? ', Enter shows the players' : ''}.`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onClick={pick}
      onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
    >
      <div ref={container} className="plot" style={{ height }} />
      {hover && <Tooltip {...props} hover={hover} width={width} provisional={provisional} />}
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
  width,
}: BarChartProps & { hover: Hover; width: number }) {
  const show = (value: number | null | undefined) => formatNumber(value, kind, currency);
  const { index, left } = hover;
  const total = series.reduce((sum, one) => sum + (one.values[index] ?? 0), 0);
  return (
    <div
      className="chart-tip"
      role="status"
      style={left > width / 2 ? { right: width - left + 14 } : { left: left + 14 }}
    >
      <strong>{positions[index]?.long}</strong>
      {totalLabel && <Row name={totalLabel} value={show(total)} />}
      {series.toReversed().map((one) => (
        <Row key={one.label} name={one.label} value={show(one.values[index])} swatch={one.color} />
      ))}
      {line && <Row name={line.label} value={show(line.values[index])} swatch="line" />}
      {provisional[index] && <span className="muted">Not final yet</span>}
    </div>
  );
}

function Row({ name, value, swatch }: { name: string; value: string; swatch?: string }) {
  return (
    <span className="chart-tip-row">
      {swatch && <i className={`swatch swatch${swatch === 'line' ? '-line' : swatch.slice(1)}`} />}
      <span>{name}</span>
      <b>{value}</b>
    </span>
  );
}

type PlotInput = BarChartProps & { height: number };

function usePlot(
  input: PlotInput,
  container: React.RefObject<HTMLDivElement | null>,
  width: number,
  theme: string,
  setHover: (hover: Hover | null) => void,
) {
  const plot = useRef<uPlot | null>(null);
  const active = useRef<number | null>(null);
  const { positions, series, provisional, line, kind, currency, height, shape } = input;
  // Only what is drawn: a parent that renders again with equal data does not rebuild the canvas.
  const drawn = JSON.stringify([positions, series, provisional, line, kind, currency, shape]);
  const measured = width > 0;
  const latest = useMemo(() => ({ width, height, setHover }), [width, height, setHover]);
  const size = useRef(latest);
  size.current = latest;

  useEffect(() => {
    if (!container.current || !measured) return;
    const made = new uPlot(
      options(input, size.current.width, active, (hover) => size.current.setHover(hover)),
      [positions.map((_, index) => index), stackTops({ series, shape, line: line?.values ?? null })],
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
      y: { range: (_plot, _low, high) => [0, scaleTop(high ?? 0)] },
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
        values: (_plot, values) => values.map((value) => formatCompact(value, kind, currency)),
      },
    ],
    series: [{}, { paths: () => null, points: { show: false } }],
    plugins: [barsPlugin({ shape, series, provisional, line: line?.values ?? null, active: () => active.current })],
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
