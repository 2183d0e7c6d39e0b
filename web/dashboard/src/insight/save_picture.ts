import { downloadFile } from '../format/download';
import { drawSvg } from './draw_svg';

/** A drawing has no pixels of its own: twice its size stays sharp where it is pasted. */
const sharpness = 2;

interface Source {
  width: number;
  height: number;
  draw: (pen: CanvasRenderingContext2D) => void;
}

const ofCanvas = (canvas: HTMLCanvasElement): Source => ({
  width: canvas.width,
  height: canvas.height,
  draw: (pen) => pen.drawImage(canvas, 0, 0),
});

function ofDrawing(drawing: SVGSVGElement): Source {
  const { width, height } = drawing.getBoundingClientRect();
  return {
    width: Math.ceil(width * sharpness),
    height: Math.ceil(height * sharpness),
    draw: (pen) => {
      pen.scale(sharpness, sharpness);
      drawSvg(pen, drawing);
    },
  };
}

/** Saves the drawing of the chart around a button as PNG, on the colour of the surface it stands on. */
export function savePicture(within: Element): void {
  const card = within.closest<HTMLElement>('[data-chart]');
  const canvas = card?.querySelector<HTMLCanvasElement>('.card-body canvas');
  const drawing = card?.querySelector<SVGSVGElement>('.card-body svg[width]:not(.icon)');
  const source = canvas ? ofCanvas(canvas) : drawing ? ofDrawing(drawing) : null;
  if (source) save(card?.dataset['chart'] ?? 'chart', source);
}

function save(name: string, { width, height, draw }: Source): void {
  const picture = document.createElement('canvas');
  picture.width = width;
  picture.height = height;
  const pen = picture.getContext('2d');
  if (!pen) return;
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--surface').trim();
  pen.fillRect(0, 0, width, height);
  draw(pen);
  picture.toBlob((blob) => blob && downloadFile(`${name}.png`, blob));
}
