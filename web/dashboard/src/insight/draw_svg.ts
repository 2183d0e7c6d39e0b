// The page's content security policy lets no picture in that is not the server's own, so that an SVG cannot be loaded into a canvas as an
// image. The drawings are of a few simple shapes, which are drawn once more here.

const shapes = 'rect, path, line, polyline, polygon, circle, text';
const hatchStep = 5;

const number = (element: Element, name: string): number => Number(element.getAttribute(name) ?? 0);

function outline(element: Element): Path2D {
  const path = new Path2D();
  switch (element.tagName) {
    case 'rect':
      path.roundRect(
        number(element, 'x'),
        number(element, 'y'),
        number(element, 'width'),
        number(element, 'height'),
        number(element, 'rx'),
      );
      return path;
    case 'circle':
      path.arc(number(element, 'cx'), number(element, 'cy'), number(element, 'r'), 0, 2 * Math.PI);
      return path;
    case 'line':
      path.moveTo(number(element, 'x1'), number(element, 'y1'));
      path.lineTo(number(element, 'x2'), number(element, 'y2'));
      return path;
    case 'path':
      return new Path2D(element.getAttribute('d') ?? '');
    default:
      return new Path2D(`M${element.getAttribute('points') ?? ''}${element.tagName === 'polygon' ? 'Z' : ''}`);
  }
}

/** How opaque an element is with all that it is in. */
function opacityOf(element: Element, drawing: Element): number {
  const own = Number(getComputedStyle(element).opacity);
  return element === drawing || element.parentElement === null ? own : own * opacityOf(element.parentElement, drawing);
}

/** Stripes where the drawing has a pattern: what is not final. */
function hatch(pen: CanvasRenderingContext2D, path: Path2D, element: SVGGraphicsElement): void {
  const box = element.getBBox();
  const colors = getComputedStyle(document.documentElement);
  pen.save();
  pen.clip(path);
  pen.fillStyle = colors.getPropertyValue('--hatch-back');
  pen.fillRect(box.x, box.y, box.width, box.height);
  pen.strokeStyle = colors.getPropertyValue('--hatch-stripe');
  pen.lineWidth = 1.6;
  pen.beginPath();
  for (let x = box.x - box.height; x < box.x + box.width; x += hatchStep) {
    pen.moveTo(x, box.y + box.height);
    pen.lineTo(x + box.height, box.y);
  }
  pen.stroke();
  pen.restore();
}

function drawShape(pen: CanvasRenderingContext2D, element: SVGGraphicsElement, style: CSSStyleDeclaration): void {
  const path = outline(element);
  if (style.fill.startsWith('url(')) hatch(pen, path, element);
  else if (style.fill !== 'none') {
    pen.fillStyle = style.fill;
    pen.fill(path);
  }
  if (style.stroke !== 'none') pen.stroke(path);
}

function drawText(pen: CanvasRenderingContext2D, element: SVGTextContentElement, style: CSSStyleDeclaration): void {
  if (element.getNumberOfChars() === 0) return;
  const text = (element.textContent ?? '').trim();
  // Where the text begins, whatever it is anchored by.
  const { x, y } = element.getStartPositionOfChar(0);
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  if (style.stroke !== 'none') pen.strokeText(text, x, y);
  pen.fillStyle = style.fill;
  pen.fillText(text, x, y);
}

/** Draws what an SVG of the page shows, with its top left corner at the pen's origin. */
export function drawSvg(pen: CanvasRenderingContext2D, drawing: SVGSVGElement): void {
  const { left, top } = drawing.getBoundingClientRect();
  const base = pen.getTransform().translate(-left, -top);
  for (const element of drawing.querySelectorAll<SVGGraphicsElement>(shapes)) {
    const place = element.getScreenCTM();
    const style = getComputedStyle(element);
    if (!place || element.closest('defs') || style.display === 'none' || style.visibility === 'hidden') continue;
    pen.save();
    pen.setTransform(base.multiply(place));
    pen.globalAlpha = opacityOf(element, drawing);
    pen.strokeStyle = style.stroke;
    pen.lineWidth = Number.parseFloat(style.strokeWidth) || 1;
    pen.lineJoin = 'round';
    pen.setLineDash(style.strokeDasharray === 'none' ? [] : style.strokeDasharray.split(',').map(Number.parseFloat));
    if (element instanceof SVGTextContentElement) drawText(pen, element, style);
    else drawShape(pen, element, style);
    pen.restore();
  }
}
