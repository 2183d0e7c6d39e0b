import type uPlot from 'uplot';
import { spansAt } from './parts';

export interface BarSeries {
  label: string;
  /** Name of a custom property, e.g. "--series-1". */
  color: string;
  values: (number | null)[];
  /** Hangs down from the axis, as what is lost; its values are positive all the same. */
  below?: boolean;
}

export interface BarsInput {
  /** Bars are stacked on each other; lines are not. */
  shape?: 'bars' | 'lines' | undefined;
  /** Bottom first; each is stacked on the one before. */
  series: BarSeries[];
  provisional: boolean[];
  /** A dashed line over the bars, e.g. the previous period. */
  line: (number | null)[] | null;
  /** Index of the bar under the cursor or chosen by keyboard. */
  active: () => number | null;
}

const barShare = 0.74;
const widestBar = 36;

export const colorOf = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** How far each stack reaches up and down, for the scale. */
export function stackEnds({ series, line, shape }: Pick<BarsInput, 'series' | 'line' | 'shape'>) {
  const length = Math.max(0, ...series.map((one) => one.values.length));
  const reach = Array.from({ length }, (_, index) => [
    0,
    line?.[index] ?? 0,
    ...(shape === 'lines'
      ? series.map((one) => one.values[index] ?? 0)
      : spansAt(series, index).flatMap(({ from, to }) => [from, to])),
  ]);
  return { tops: reach.map((ends) => Math.max(...ends)), bottoms: reach.map((ends) => Math.min(...ends)) };
}

/** Diagonal stripes mean "not final": readable without telling colours apart. */
function hatch(context: CanvasRenderingContext2D, color: string, scale: number): CanvasPattern | string {
  const size = Math.round(6 * scale);
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext('2d');
  if (!pen) return color;
  pen.globalAlpha = 0.22;
  pen.fillStyle = color;
  pen.fillRect(0, 0, size, size);
  pen.globalAlpha = 1;
  pen.strokeStyle = color;
  pen.lineWidth = 1.6 * scale;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat') ?? color;
}

/** Draws stacked daily bars into a uPlot instance, which does the scales, the axes and the cursor. */
export function barsPlugin(input: BarsInput): uPlot.Plugin {
  return {
    hooks: {
      draw: (plot) => {
        const { ctx: context } = plot;
        const { left, top, width, height } = plot.bbox;
        context.save();
        context.beginPath();
        context.rect(left, top, width, height);
        context.clip();
        drawActive(plot, input);
        if (input.shape === 'lines') drawLines(plot, input);
        else drawBars(plot, input);
        if (input.line) drawLine(plot, input.line, { color: '--chart-line', width: 1.5, dash: [4, 3] });
        context.restore();
      },
    },
  };
}

const stepOf = (plot: uPlot): number => plot.valToPos(1, 'x', true) - plot.valToPos(0, 'x', true);

function drawActive(plot: uPlot, input: BarsInput): void {
  const index = input.active();
  if (index === null) return;
  const step = stepOf(plot);
  plot.ctx.fillStyle = colorOf('--chart-active');
  plot.ctx.fillRect(plot.valToPos(index, 'x', true) - step / 2, plot.bbox.top, step, plot.bbox.height);
}

function drawBars(plot: uPlot, { series, provisional }: BarsInput): void {
  const { ctx: context } = plot;
  const scale = devicePixelRatio || 1;
  const barWidth = Math.max(1, Math.min(stepOf(plot) * barShare, widestBar * scale));
  const fills = series.map((one) => {
    const color = colorOf(one.color);
    return { color, striped: hatch(context, color, scale) };
  });
  provisional.forEach((open, index) => {
    for (const { part, from, to } of spansAt(series, index)) {
      if (to === from) continue;
      const [bottom, top] = [plot.valToPos(from, 'y', true), plot.valToPos(to, 'y', true)];
      const height = bottom - top;
      // A hairline of background between stacked parts keeps them apart without relying on colour.
      const gap = from !== 0 && height > 3 * scale ? scale : 0;
      const fill = fills[part];
      const below = to <= 0;
      context.fillStyle = (open ? fill?.striped : fill?.color) ?? '';
      context.beginPath();
      context.roundRect(
        plot.valToPos(index, 'x', true) - barWidth / 2,
        below ? top + gap : top,
        barWidth,
        Math.max(height - gap, scale),
        below ? [0, 0, 2 * scale, 2 * scale] : [2 * scale, 2 * scale, 0, 0],
      );
      context.fill();
    }
  });
}

/** Lines have no body to be striped: the ground behind the days that are not final is. */
function drawLines(plot: uPlot, { series, provisional }: BarsInput): void {
  const step = stepOf(plot);
  const { top, height } = plot.bbox;
  plot.ctx.fillStyle = hatch(plot.ctx, colorOf('--grid'), devicePixelRatio || 1);
  provisional.forEach((open, index) => {
    if (open) plot.ctx.fillRect(plot.valToPos(index, 'x', true) - step / 2, top, step, height);
  });
  for (const one of series) drawLine(plot, one.values, { color: one.color, width: 2, dash: [] });
}

interface Stroke {
  color: string;
  width: number;
  dash: number[];
}

function drawLine(plot: uPlot, values: (number | null)[], stroke: Stroke): void {
  const { ctx: context } = plot;
  const scale = devicePixelRatio || 1;
  context.strokeStyle = colorOf(stroke.color);
  context.lineWidth = stroke.width * scale;
  context.lineJoin = 'round';
  context.setLineDash(stroke.dash.map((length) => length * scale));
  context.beginPath();
  let drawing = false;
  values.forEach((value, index) => {
    if (value === null) {
      drawing = false;
      return;
    }
    const x = plot.valToPos(index, 'x', true);
    const y = plot.valToPos(value, 'y', true);
    if (drawing) context.lineTo(x, y);
    else context.moveTo(x, y);
    drawing = true;
  });
  context.stroke();
}
