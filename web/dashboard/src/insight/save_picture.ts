/** Saves the canvas of a chart as PNG, on the surface's own colour, since the canvas itself is transparent. */
export function savePicture(chart: string): void {
  const canvas = document.querySelector<HTMLCanvasElement>(`[data-chart="${chart}"] canvas`);
  if (!canvas) return;
  const picture = document.createElement('canvas');
  picture.width = canvas.width;
  picture.height = canvas.height;
  const pen = picture.getContext('2d');
  if (!pen) return;
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--surface').trim();
  pen.fillRect(0, 0, picture.width, picture.height);
  pen.drawImage(canvas, 0, 0);
  picture.toBlob((blob) => {
    if (!blob) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${chart}.png`;
    link.click();
    // The browser reads the blob after this turn of the event loop.
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
}
