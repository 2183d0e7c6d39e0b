import { downloadFile } from '../format/download';

/** Saves the drawing of a chart: a canvas as PNG, a drawing of lines and text as SVG, which stays sharp at any size. */
export function savePicture(chart: string): void {
  const card = document.querySelector(`[data-chart="${chart}"] .card-body`);
  const canvas = card?.querySelector('canvas');
  const drawing = card?.querySelector<SVGSVGElement>('svg[width]:not(.icon)');
  if (canvas) saveCanvas(chart, canvas);
  else if (drawing) downloadFile(`${chart}.svg`, new Blob([standalone(drawing)], { type: 'image/svg+xml' }));
}

const surface = (): string => getComputedStyle(document.documentElement).getPropertyValue('--surface').trim();

/** On the surface's own colour, since the canvas itself is transparent. */
function saveCanvas(chart: string, canvas: HTMLCanvasElement): void {
  const picture = document.createElement('canvas');
  picture.width = canvas.width;
  picture.height = canvas.height;
  const pen = picture.getContext('2d');
  if (!pen) return;
  pen.fillStyle = surface();
  pen.fillRect(0, 0, picture.width, picture.height);
  pen.drawImage(canvas, 0, 0);
  picture.toBlob((blob) => blob && downloadFile(`${chart}.png`, blob));
}

const inherited = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'font-size', 'font-weight'];
const ofText = ['font-family', 'text-anchor', 'paint-order'];

/** A copy that looks the same without this page: what the style sheet says is written into each element. */
export function standalone(drawing: SVGSVGElement): string {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const from = [...drawing.querySelectorAll<SVGElement>('*')];
  [...copy.querySelectorAll<SVGElement>('*')].forEach((target, index) => {
    const style = getComputedStyle(from[index] as Element);
    for (const name of target.tagName === 'text' ? [...inherited, ...ofText] : inherited) {
      const value = style.getPropertyValue(name);
      if (value) target.setAttribute(name, value);
    }
  });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('style', `background:${surface()}`);
  return copy.outerHTML;
}
