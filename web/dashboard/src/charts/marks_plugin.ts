import type uPlot from 'uplot';
import type { Mark } from '../marks/marks';
import { colorOf } from './bars_plugin';

const flag = 5;

/** A dashed line at each day on which something happened, with a flag at its top. */
export function marksPlugin(marks: Map<number, Mark[]>): uPlot.Plugin {
  return {
    hooks: {
      draw: (plot) => {
        const { ctx: pen } = plot;
        const scale = devicePixelRatio || 1;
        const { top, height } = plot.bbox;
        pen.save();
        pen.strokeStyle = colorOf('--text-muted');
        pen.fillStyle = colorOf('--text-muted');
        pen.lineWidth = scale;
        pen.setLineDash([2 * scale, 3 * scale]);
        for (const index of marks.keys()) {
          const x = Math.round(plot.valToPos(index, 'x', true));
          pen.beginPath();
          pen.moveTo(x, top);
          pen.lineTo(x, top + height);
          pen.stroke();
          pen.beginPath();
          pen.moveTo(x - flag * scale, top);
          pen.lineTo(x + flag * scale, top);
          pen.lineTo(x, top + flag * 1.4 * scale);
          pen.fill();
        }
        pen.restore();
      },
    },
  };
}
