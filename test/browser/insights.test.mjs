// The pages that ask questions, against a real server with the demo game: each number equals the API's, each list of players is as
// long as the number it was opened from.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { seriousViolations } from './support/accessibility.mjs';
import { launchBrowser, openPage } from './support/browser.mjs';
import { show } from './support/numbers.mjs';
import { seenText } from './support/suite.mjs';
import { ask, getJson, link, openTarget } from './support/target.mjs';

const shots = process.env.GM_SHOTS;
const ready = (chart) => `[data-chart="${chart}"][data-state="ready"]`;
const pages = [
  { name: 'explore', path: '/explore?breakdown=platform', ready: ready('explore') },
  {
    name: 'explore-table',
    path: '/explore?event=level_complete&measure=players&view=table&compare=previous',
    ready: `${ready('explore')} table`,
  },
  {
    name: 'funnels',
    path: '/funnels?steps=level_start,level_complete,store_open&breakdown=platform',
    ready: `${ready('funnel')} .funnel-step`,
  },
];

describe('insights', () => {
  let browser;
  let target;
  let range;

  before(async () => {
    target = await openTarget();
    browser = await launchBrowser();
    const project = await getJson(target, 'project');
    // The demo's past: a range that stands still while it is compared.
    const last = Date.parse(project.last_event_at) - 3 * 86_400_000;
    const day = (ms) => new Date(ms).toISOString().slice(0, 10);
    range = { from: day(last - 13 * 86_400_000), to: day(last) };
    if (shots) mkdirSync(shots, { recursive: true });
  });
  after(async () => {
    await browser?.close();
    await target?.close();
  });

  const visit = async (path, options = {}) => {
    const opened = await openPage(browser, { baseUrl: target.url, ...options });
    const [plain, query] = path.split('?');
    await opened.page.goto(link(target, `${plain}?from=${range.from}&to=${range.to}${query ? `&${query}` : ''}`));
    return opened;
  };
  const picture = (page, name) =>
    shots ? page.screenshot({ path: join(shots, `${name}.png`), fullPage: true }) : null;

  for (const theme of ['light', 'dark']) {
    for (const { name, path, ready: selector } of pages) {
      test(`${name} in the ${theme} theme: no error, no foreign request, accessible`, async () => {
        const { page, problems, close } = await visit(path, { theme });
        await page.waitForSelector(selector);
        await page.waitForTimeout(300);
        await picture(page, `${name}-${theme}`);
        assert.deepEqual(await seriousViolations(page), []);
        assert.deepEqual(problems, []);
        await close();
      });
    }
  }

  test('every page fits a phone', async () => {
    for (const { name, path, ready: selector } of pages) {
      const { page, problems, close } = await visit(path, { viewport: { width: 360, height: 780 } });
      await page.waitForSelector(selector);
      await page.waitForTimeout(300);
      await picture(page, `${name}-360`);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 360, `${name} is ${width} wide`);
      assert.deepEqual(problems, []);
      await close();
    }
  });

  /** Opens the players of the first number matching `selector`, and returns the number and the length of the list. */
  const openPlayers = async (page, selector) => {
    const number = page.locator(selector).first();
    const shown = await seenText(number);
    await number.focus();
    await page.keyboard.press('Enter');
    const total = await page.locator('dialog [data-total]').innerText();
    await page.keyboard.press('Escape');
    // A dialog tells that it was closed in a task of its own; what it stood in goes after that.
    await page.locator('dialog').waitFor({ state: 'detached' });
    return [shown, total];
  };

  test('explore: the table is the answer of the API, and each number opens its players', async () => {
    const { page, problems, close } = await visit('/explore?event=level_complete&measure=players&view=table');
    const answer = await ask(target, 'trend', {
      ...range,
      series: [{ event: 'level_complete', measure: 'players' }],
      interval: 'day',
    });
    await page.waitForSelector(`${ready('explore')} table`);
    const shown = await page.$$eval('[data-chart="explore"] tbody tr', (rows) =>
      rows.map((row) => row.cells[1].querySelector('.number-button').firstChild.textContent),
    );
    assert.equal(shown.length, 14);
    assert.deepEqual(shown, answer.rows.map((row) => show.count(row.value)).toReversed());
    const [number, total] = await openPlayers(page, '[data-chart="explore"] .number-button');
    assert.equal(total, number);
    assert.deepEqual(problems, []);
    await close();
  });

  test('explore: a filter and a breakdown go into the address, and the total of the range opens its players', async () => {
    const { page, problems, close } = await visit('/explore?event=level_complete&measure=players&view=number');
    await page.waitForSelector(ready('explore'));
    await page.getByRole('button', { name: '+ Filter' }).click();
    await page.getByLabel('Field', { exact: true }).fill('platform');
    await page.getByLabel('Value', { exact: true }).fill('ios');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByLabel('Break down by').selectOption('country');
    await page.waitForURL(/filters=platform%3Aequals%3Aios.*breakdown=country|breakdown=country.*filters=/);
    const answer = await ask(target, 'trend', {
      ...range,
      series: [{ event: 'level_complete', measure: 'players' }],
      filter: { field: 'platform', is: 'equals', value: 'ios' },
      breakdown: ['country'],
      top: 5,
    });
    await page.waitForFunction(
      (names) => document.querySelectorAll('.big-numbers dt').length === names,
      answer.totals.length,
    );
    assert.deepEqual(
      await page.$$eval('.big-numbers > div', (all) =>
        all.map((one) => [one.children[0].textContent, one.querySelector('.number-button').firstChild.textContent]),
      ),
      answer.totals.map((row) => [row.other ? 'Other' : row.country, show.count(row.value)]),
    );
    const [number, total] = await openPlayers(page, '.big-numbers .number-button');
    assert.equal(total, number);
    await page.getByRole('button', { name: 'View query' }).click();
    assert.match(await page.locator('dialog').innerText(), /"level_complete"[\s\S]*curl http/);
    assert.ok(!(await page.locator('dialog').innerText()).includes('gm_pk_'), 'the key is shown');
    assert.deepEqual(problems, []);
    await close();
  });

  test('funnels: built by hand, the address opens it elsewhere, numbers and lists are those of the API', async () => {
    const { page, problems, close } = await visit('/funnels');
    for (const name of ['level_start', 'level_complete', 'store_open'])
      await page.getByLabel('Add a step').selectOption(name);
    await page.getByLabel('Within').selectOption('1 day');
    await page.waitForURL(/window=24/);
    const address = page.url();
    await close();

    const again = await openPage(browser, { baseUrl: target.url });
    await again.page.goto(`${address}#key=${target.projectKey}`);
    await again.page.waitForSelector(ready('funnel'));
    const answer = await ask(target, 'funnel', {
      ...range,
      steps: ['level_start', 'level_complete', 'store_open'],
      window_seconds: 86_400,
    });
    assert.deepEqual(
      await again.page.$$eval('.funnel-step .funnel-value', (all) =>
        all.map((one) => [one.querySelector('.number-button').firstChild.textContent, one.lastChild.textContent]),
      ),
      answer.rows.map((row) => [show.count(row.players), show.share(row.share)]),
    );
    for (const selector of [
      '[data-step="2"] .funnel-value .number-button',
      '[data-step="2"] .funnel-dropped .number-button',
    ]) {
      const [number, total] = await openPlayers(again.page, selector);
      assert.equal(total, number);
    }
    assert.deepEqual([...problems, ...again.problems], []);
    await again.close();
  });
});
