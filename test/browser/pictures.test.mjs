// Every chart with a button for it is saved as a picture that shows something, whatever it is drawn with.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { useSuite } from './support/suite.mjs';

/** Pages, and the drawings that they are here for, as `kindOf` names them. */
const pages = {
  '/explore?breakdown=platform': ['canvas'],
  '/explore?view=bar': ['canvas'],
  '/sessions?compare=previous': ['canvas', 'week'],
  '/retention': ['triangle', 'curves'],
  '/stickiness': ['canvas'],
  '/revenue': ['canvas', 'curves'],
  '/economy': ['canvas'],
  '/progression': ['levels'],
  '/paths': ['flow'],
  '/geo': ['world'],
  '/builds': ['canvas'],
};
const everyKind = ['canvas', 'curves', 'flow', 'levels', 'triangle', 'week', 'world'];

/** Runs in the page: what the chart around a button is drawn with. */
function kindOf(button) {
  const card = button.closest('[data-chart]');
  const within = (selector) => card.querySelector(`.card-body ${selector}`) !== null;
  if (within('canvas')) return 'canvas';
  if (within('.world-and-table svg')) return 'world';
  if (within('svg.flow')) return 'flow';
  if (within('.level-scroll svg')) return 'levels';
  if (within('svg.line-chart')) return 'curves';
  return card.dataset.chart === 'hours' ? 'week' : within('svg.triangle') ? 'triangle' : 'unknown';
}

/** Runs in the page: the size of a picture, its colours, and the part of it that is not background. */
async function look(data) {
  const image = await createImageBitmap(new Blob([new Uint8Array(data)], { type: 'image/png' }));
  const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
  pen.drawImage(image, 0, 0);
  const pixels = new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer);
  const drawn = pixels.filter((pixel) => pixel !== pixels[0]).length;
  return { width: image.width, height: image.height, colors: new Set(pixels).size, drawn: drawn / pixels.length };
}

describe('pictures', () => {
  const suite = useSuite();
  const seen = new Set();
  after(() => assert.deepEqual([...seen].toSorted(), everyKind, 'each kind of chart was saved'));

  for (const [path, kinds] of Object.entries(pages)) {
    test(`${path}: each of its drawings is saved, of its own size and with what it shows`, async () => {
      const { page, problems, close } = await suite.visit(path);
      await page.waitForSelector('[data-chart]');
      await page.waitForFunction(() => !document.querySelector('[data-chart][data-state="loading"]'));
      await page.waitForTimeout(300);
      const buttons = await page.locator('[data-chart]').getByRole('button', { name: /as a picture$|^PNG$/ }).all();
      assert.ok(buttons.length > 0, 'the page has no button for a picture');
      const found = new Set();
      for (const button of buttons) {
        const name = await button.evaluate((one) => one.closest('[data-chart]').dataset.chart);
        const kind = await button.evaluate(kindOf);
        found.add(kind);
        seen.add(kind);
        const [download] = await Promise.all([page.waitForEvent('download', { timeout: 10_000 }), button.click()]);
        assert.equal(download.suggestedFilename(), `${name}.png`);
        const { width, height, colors, drawn } = await page.evaluate(look, [...readFileSync(await download.path())]);
        assert.ok(width > 300 && height > 100, `${name}: ${width} by ${height}`);
        assert.ok(colors > 5, `${name}: ${colors} colours`);
        assert.ok(drawn > 0.005, `${name}: ${drawn} of it is drawn`);
      }
      for (const kind of kinds) assert.ok(found.has(kind), `${path} has no ${kind}, but ${[...found]}`);
      assert.deepEqual(problems, []);
      await close();
    });
  }
});
