// What is drawn on a chart's canvas: a column of pixels at each of its positions, and the colours of the theme to know them by.

/**
 * Pixels of a time chart from the top of its plot to the bottom, at `offset` (in widths of a position) from the middle of each of `count`
 * positions. `scale`: device pixels in one of the page.
 */
export async function readColumns(page, chart, count, offset = 0) {
  return page.evaluate(
    ([selector, positions, aside]) => {
      const canvas = document.querySelector(`${selector} .u-wrap canvas`);
      const over = document.querySelector(`${selector} .u-over`).getBoundingClientRect();
      const frame = canvas.getBoundingClientRect();
      const scale = canvas.width / frame.width;
      const pen = canvas.getContext('2d');
      const [top, height] = [Math.round((over.top - frame.top) * scale), Math.round(over.height * scale)];
      const width = over.width * scale;
      const left = (over.left - frame.left) * scale;
      const columns = Array.from({ length: positions }, (_, index) => {
        const x = Math.round(left + ((index + 0.5 + aside) / positions) * width);
        const { data } = pen.getImageData(x, top, 1, height);
        return Array.from({ length: height }, (__, y) => [...data.slice(y * 4, y * 4 + 4)]);
      });
      return { columns, height, scale, step: width / positions };
    },
    [`[data-chart="${chart}"]`, count, offset],
  );
}

/** A custom property of the theme as red, green and blue. */
export async function themeColor(page, name) {
  const text = await page.evaluate((of) => getComputedStyle(document.documentElement).getPropertyValue(of).trim(), name);
  return [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
}

/** The canvas is transparent where nothing is drawn; elsewhere a pixel is of a colour when it differs from it by little. */
export const isEmpty = ([, , , alpha]) => alpha < 8;
export const isOf = (color, tolerance = 40) => (pixel) =>
  pixel[3] > 200 && color.reduce((sum, part, index) => sum + Math.abs(part - pixel[index]), 0) <= tolerance;

export const shareOf = (pixels, test) => (pixels.length === 0 ? 0 : pixels.filter(test).length / pixels.length);
