// Where players are and how the builds do, against the real server: numbers equal the API's and lead to as many players.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { show } from './support/numbers.mjs';
import { ask, dayBefore, drilledTotal, tableRows, testLooks, useSuite } from './support/suite.mjs';

describe('geo, builds and health', () => {
  const suite = useSuite();
  const range = () => ({ from: dayBefore(suite.today, 20), to: dayBefore(suite.today, 4) });
  const visit = (path, rest = '') => suite.visit(`${path}?from=${range().from}&to=${range().to}${rest}`);
  const ready = (chart) => `[data-chart="${chart}"][data-state="ready"]`;

  testLooks(suite, { name: 'geo', path: '/geo', ready: `${ready('countries')} svg` });
  testLooks(suite, { name: 'builds', path: '/builds', ready: ready('health') });
  testLooks(suite, {
    name: 'builds-tables',
    path: '/builds?by=device&compare=previous&tables=adoption.health.crashes',
    ready: '[data-chart="adoption"] table',
  });

  test('countries: every number is the API’s, the map and the table lead to as many players', async () => {
    const measures = ['players', 'sessions', 'revenue', 'payers'];
    const question = { ...range(), series: measures.map((measure) => ({ measure })), breakdown: ['country'], top: 100 };
    const answer = await ask(suite.target, 'trend', question);
    const of = (series) => answer.totals.filter((row) => row.series === series).toSorted((a, b) => b.value - a.value);
    const { page, problems, close } = await visit('/geo', '&tables=countries');
    await page.waitForSelector('[data-chart="countries"] table');
    const rows = await tableRows(page, 'countries');
    const sum = of('A').reduce((total, row) => total + row.value, 0);
    assert.deepEqual(
      rows.map((row) => [row[1], row[5]]),
      of('A').map((row) => [show.count(row.value), show.share(row.value / sum)]),
    );
    const most = of('A')[0];
    const money = show.money(suite.project.currency);
    assert.equal(rows[0][3], money(of('C').find((row) => row.country === most.country).value));
    for (const [index, series] of [
      [0, 'A'],
      [1, 'D'],
    ]) {
      await page.locator('[data-chart="countries"] tbody tr').first().locator('.number-button').nth(index).click();
      assert.equal(await drilledTotal(page), of(series).find((row) => row.country === most.country).value, series);
    }
    await page.getByRole('button', { name: 'Show Players by country as a chart' }).click();
    await page.locator(`[data-country="${most.country}"]`).click();
    assert.equal(await drilledTotal(page), most.value);
    await page.getByLabel('Show', { exact: true }).selectOption('Revenue');
    await page.waitForURL(/measure=revenue/);
    await page.locator(ready('countries'), { hasText: 'Revenue by country' }).waitFor();
    assert.equal((await tableRows(page, 'countries'))[0][1], money(of('C')[0].value));
    assert.deepEqual(problems, []);
    await close();
  });

  test('builds: adoption by day and health by build are the API’s and lead to as many players', async () => {
    const breakdown = ['build'];
    const series = [
      { measure: 'players' },
      { event: 'crash', measure: 'players' },
      { event: 'error', measure: 'players' },
      { event: 'crash', measure: 'events' },
      { event: 'error', measure: 'events' },
    ];
    const health = await ask(suite.target, 'trend', { ...range(), series, breakdown });
    const shares = await ask(suite.target, 'metrics', { ...range(), metrics: ['crash_free_players'], breakdown });
    const of = (letter, build) => health.totals.find((row) => row.series === letter && row.build === build)?.value ?? 0;
    const { page, problems, close } = await visit('/builds', '&tables=adoption');
    await page.waitForSelector(ready('health'));
    const rows = await tableRows(page, 'health');
    assert.ok(rows.length > 1, 'the demo game has builds');
    for (const [build, free, , ...numbers] of rows) {
      const share = shares.totals.find((row) => row.build === build).value;
      assert.equal(free, show.share(share), build);
      assert.deepEqual(
        numbers,
        ['A', 'B', 'C', 'D', 'E'].map((letter) => show.count(of(letter, build))),
        build,
      );
    }
    const first = page.locator('[data-chart="health"] tbody tr').first();
    for (const [index, letter] of [
      [0, 'A'],
      [1, 'B'],
      [2, 'C'],
    ]) {
      await first.locator('.number-button').nth(index).click();
      assert.equal(await drilledTotal(page), of(letter, rows[0][0]), letter);
    }
    const adoption = await ask(suite.target, 'trend', {
      ...range(),
      series: [{ measure: 'players' }],
      breakdown,
      top: 5,
    });
    await page.waitForSelector('[data-chart="adoption"] table');
    const heads = await page.$$eval('[data-chart="adoption"] thead th', (all) => all.map((one) => one.textContent));
    const newest = (await tableRows(page, 'adoption'))[0];
    heads.slice(1, -1).forEach((build, index) => {
      const row = adoption.rows.find((one) => one.build === build && one.date === range().to);
      assert.equal(newest[index + 1], show.count(row.value), build);
    });
    await page.locator('[data-chart="adoption"] .number-button').first().click();
    const drilled = await drilledTotal(page);
    assert.ok(newest.slice(1, -1).map(Number).includes(drilled), `${drilled} is none of ${newest}`);
    assert.deepEqual(problems, []);
    await close();
  });
});
