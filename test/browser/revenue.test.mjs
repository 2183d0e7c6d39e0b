// Revenue and lifetime value, against the real server.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { show } from './support/numbers.mjs';
import { ask, dayBefore, drilledTotal, tableRows, testLooks, useSuite } from './support/suite.mjs';

describe('revenue', () => {
  const suite = useSuite();
  const range = () => ({ from: dayBefore(suite.today, 20), to: dayBefore(suite.today, 8) });
  const address = (rest = '') => `/revenue?from=${range().from}&to=${range().to}${rest}`;
  const metric = (name) =>
    ask(suite.target, 'metrics', { ...range(), metrics: [name], interval: 'day', compare: 'previous' });

  testLooks(suite, { name: 'revenue', path: '/revenue', ready: '[data-chart="products"][data-state="ready"]' });
  testLooks(suite, {
    name: 'revenue-tables',
    path: '/revenue?tables=revenue.ltv.spenders.first-purchase.products&compare=previous',
    ready: '[data-chart="ltv"] table',
  });

  test('cards and charts show the numbers of the API, and payers lead to as many players', async () => {
    const { page, problems, close } = await suite.visit(address('&tables=revenue.payers'));
    const money = show.money(suite.project.currency);
    const shownAs = { revenue: money, arpdau: money, arppu: money, conversion: show.share, payers: show.count };
    for (const [name, format] of Object.entries(shownAs)) {
      const answer = await metric(name);
      const card = page.locator(`[data-kpi="${name}"] [data-value]`);
      await card.filter({ hasText: format(answer.totals[0].value) }).waitFor();
    }
    const payers = await metric('payers');
    await page.waitForSelector('[data-chart="payers"] table');
    assert.deepEqual(
      (await tableRows(page, 'revenue')).map((row) => row[1]),
      (await metric('revenue')).rows.map((row) => money(row.value)).toReversed(),
    );
    await page.locator('[data-kpi="payers"] .number-button').click();
    assert.equal(await drilledTotal(page), payers.totals[0].value);
    const day = payers.rows.findLast((row) => row.value > 0);
    const index = payers.rows.toReversed().indexOf(day);
    await page.locator('[data-chart="payers"] tbody tr').nth(index).locator('.number-button').click();
    assert.equal(await drilledTotal(page), day.value);
    assert.deepEqual(problems, []);
    await close();
  });

  test('filters: money of one platform, and lifetime value says that it takes filters of players alone', async () => {
    const filter = { all: [{ field: 'platform', is: 'equals', value: 'ios' }] };
    const question = { ...range(), metrics: ['revenue'], interval: 'day', filter };
    const answer = await ask(suite.target, 'metrics', question);
    const { page, problems, close } = await suite.visit(address('&filters=platform:equals:ios'));
    const shown = show.money(suite.project.currency)(answer.totals[0].value);
    await page.locator('[data-kpi="revenue"] [data-value]').filter({ hasText: shown }).waitFor();
    await page.locator('[data-chart="ltv"]', { hasText: 'takes filters of players' }).waitFor();
    assert.deepEqual(problems, []);
    await close();
    const other = await suite.visit(address('&filters=player.platform:equals:ios'));
    await other.page.waitForSelector('[data-chart="ltv"][data-state="ready"]');
    assert.deepEqual(other.problems, []);
    await other.close();
  });

  test('a bar leads to the payers of its day, by mouse and by keyboard', async () => {
    const payers = await metric('payers');
    const { page, problems, close } = await suite.visit(address());
    await page.waitForSelector('[data-chart="payers"] canvas');
    const chart = page.locator('[data-chart="payers"] .time-chart');
    await chart.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    assert.equal(await drilledTotal(page), payers.rows.at(-1).value);
    await chart.hover({ position: { x: 300, y: 100 } });
    await chart.locator('.chart-tip').waitFor();
    await page.mouse.down();
    await page.mouse.up();
    await page.locator('[data-drill] [data-total]').waitFor();
    assert.deepEqual(problems, []);
    await close();
  });

  test('lifetime value: curves, average and projection are those of the API, a cohort leads to its payers', async () => {
    const { page, problems, close } = await suite.visit(address());
    const days = [0, 1, 2, 3, 4, 5, 6, 7, 10, 14];
    const ltv = await ask(suite.target, 'ltv', { ...range(), days });
    const money = show.money(suite.project.currency);
    await page.waitForSelector('[data-chart="ltv"][data-state="ready"]');
    const cohorts = new Set(ltv.rows.filter((row) => row.players > 0).map((row) => row.cohort_date));
    await page.waitForSelector('.cohort-line');
    assert.equal(await page.locator('.cohort-line').count(), cohorts.size);
    assert.equal(await page.locator('[data-projection]').innerText(), money(ltv.projected_ltv));
    assert.equal(
      await page.locator('[data-projection-range]').innerText(),
      `${money(ltv.projected_ltv_low)} to ${money(ltv.projected_ltv_high)}`,
    );
    await page.locator('[data-chart="ltv"] .time-chart').focus();
    await page.keyboard.press('Home');
    const first = ltv.average.find((entry) => entry.day === 0);
    await page
      .locator('.chart-tip', { hasText: `Average ${money(first.ltv)} of ${show.count(first.players)} players` })
      .waitFor();
    await page.getByRole('button', { name: /Show Lifetime value by cohort.* as a table/ }).click();
    const button = page.locator('[data-chart="ltv"] .number-button').first();
    const shown = Number.parseInt(await button.innerText(), 10);
    await button.click();
    assert.equal(await drilledTotal(page), shown);
    assert.deepEqual(problems, []);
    await close();
  });

  test('segments of payers and products lead to as many players as they say', async () => {
    const { page, problems, close } = await suite.visit(address());
    const spenders = await ask(suite.target, 'spenders', range());
    for (const chart of ['spenders', 'products']) {
      await page.waitForSelector(`[data-chart="${chart}"][data-state="ready"]`);
      const buttons = page.locator(`[data-chart="${chart}"] .number-button`);
      assert.ok((await buttons.count()) > 1, chart);
      for (const button of (await buttons.all()).slice(0, 3)) {
        const shown = Number.parseInt((await button.innerText()).replaceAll(',', ''), 10);
        await button.click();
        assert.equal(await drilledTotal(page), shown);
      }
    }
    const whales = spenders.rows.find((row) => row.segment === 'whale');
    const text = await page.locator('[data-row^="Whales"]').innerText();
    assert.ok(text.includes(show.money(suite.project.currency)(whales.revenue)), text);
    assert.deepEqual(problems, []);
    await close();
  });
});
