// Who comes back, and how often, against the real server: each number equals the API's and leads to as many players.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { show } from './support/numbers.mjs';
import { ask, dayBefore, drilledTotal, seenText, tableRows, testLooks, useSuite } from './support/suite.mjs';

describe('retention', () => {
  const suite = useSuite();
  const range = () => ({ from: dayBefore(suite.today, 20), to: dayBefore(suite.today, 4) });
  const visit = (rest = '') => suite.visit(`/retention?from=${range().from}&to=${range().to}${rest}`);
  const ready = '[data-chart="curves"][data-state="ready"]';
  const cellsOf = (page) =>
    page.$$eval('[data-chart="cohorts"] [data-cohort] [data-day]', (cells) =>
      cells.map((cell) => [
        `${cell.closest('[data-cohort]').dataset.cohort}/${cell.dataset.day}`,
        `${cell.querySelector('text').textContent}${cell.dataset.complete === 'true' ? '' : ' open'}`,
      ]),
    );
  const textOf = ({ players, size, complete }) => `${show.share(players / size)}${complete ? '' : ' open'}`;

  testLooks(suite, { name: 'retention', path: '/retention', ready });
  testLooks(suite, {
    name: 'retention-tables',
    path: '/retention?by=week&breakdown=platform&tables=cohorts.curves',
    ready: '[data-chart="curves"] table',
  });

  test('each cohort and each average is the API’s, open ones are marked, and a cell leads to its players', async () => {
    const days = [0, 1, 2, 3, 4, 5, 6, 7, 10, 14];
    const answer = await ask(suite.target, 'retention', { ...range(), days });
    const { page, problems, close } = await visit('&cohorts=all');
    await page.waitForSelector(ready);
    const expected = answer.rows
      .filter(({ size }) => size > 0)
      .map((row) => [`${row.cohort_date}/${row.day}`, textOf(row)]);
    assert.ok(
      expected.some(([, text]) => text.endsWith('open')) && expected.some(([, text]) => !text.endsWith('open')),
    );
    assert.deepEqual(new Map((await cellsOf(page)).toSorted()), new Map(expected.toSorted()));
    assert.deepEqual(
      await page.$$eval('[data-average] [data-day]', (all) => all.map((one) => one.textContent)),
      answer.average.slice(0, 10).map((row) => (row.share === null ? '–' : show.share(row.share))),
    );
    const picked = answer.rows.find(({ day, players }) => day === 1 && players > 2);
    await page.locator(`[data-cohort="${picked.cohort_date}"] [data-day="1"]`).click();
    assert.equal(await drilledTotal(page), picked.players);
    assert.deepEqual(problems, []);
    await close();
  });

  test('by keyboard: a cell is read, and its players are opened', async () => {
    const answer = await ask(suite.target, 'retention', { ...range(), days: [0] });
    const newest = answer.rows.findLast(({ size }) => size > 0);
    const { page, problems, close } = await visit();
    await page.waitForSelector(ready);
    await page.locator('[data-chart="cohorts"] .triangle-scroll').focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('.chart-tip', { hasText: `Day 0: ${show.count(newest.players)} of` }).waitFor();
    await page.keyboard.press('Enter');
    assert.equal(await drilledTotal(page), newest.players);
    assert.deepEqual(problems, []);
    await close();
  });

  test('weeks are the sum of their days, with first and return event, and lead to the players of all of them', async () => {
    const question = {
      ...range(),
      type: 'bracket',
      brackets: [
        [0, 6],
        [7, 13],
        [14, 20],
      ],
      start: 'level_complete',
      return: 'store_open',
    };
    const answer = await ask(suite.target, 'retention', question);
    const monday = (date) => dayBefore(date, (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7);
    const sums = new Map();
    for (const row of answer.rows) {
      const key = `${monday(row.cohort_date)}/${row.day}`;
      const sum = sums.get(key) ?? { players: 0, size: 0, complete: true };
      sums.set(key, {
        players: sum.players + row.players,
        size: sum.size + row.size,
        complete: sum.complete && row.complete,
      });
    }
    const { page, problems, close } = await visit('&by=week');
    await page.waitForSelector(ready);
    await page.getByLabel('First event').selectOption('level_complete');
    await page.getByLabel('Return event').selectOption('store_open');
    await page.waitForURL(/start=level_complete.*back=store_open/);
    const first = [...sums].find(([, sum]) => sum.complete && sum.players > 0);
    const [week, day] = first[0].split('/');
    const cell = page.locator(`[data-cohort="${week}"] [data-day="${day}"]`);
    await cell.filter({ hasText: show.share(first[1].players / first[1].size) }).waitFor();
    await cell.click();
    assert.equal(await drilledTotal(page), first[1].players);
    assert.deepEqual(problems, []);
    await close();
  });

  test('every kind is the one that the API is asked for', async () => {
    for (const kind of ['rolling', 'bracket', 'return', 'full']) {
      const spans =
        kind === 'bracket'
          ? {
              brackets: [
                [1, 2],
                [3, 6],
              ],
            }
          : { days: [1, 3] };
      const answer = await ask(suite.target, 'retention', { ...range(), type: kind, ...spans });
      const { page, problems, close } = await visit(`&kind=${kind}`);
      await page.waitForSelector(ready);
      for (const row of answer.average) {
        const shown = page.locator(`[data-average] [data-day="${row.day}"]`);
        assert.equal(await shown.textContent(), show.share(row.share), `${kind} ${row.day}`);
      }
      assert.deepEqual(problems, []);
      await close();
    }
  });

  test('a breakdown shows the averages of each value, and each leads to as many players', async () => {
    const answer = await ask(suite.target, 'retention', { ...range(), days: [1, 7], breakdown: ['platform'], top: 5 });
    const { page, problems, close } = await visit('&breakdown=platform&cells=players&tables=cohorts');
    await page.waitForSelector('[data-chart="cohorts"] table');
    const rows = await tableRows(page, 'cohorts');
    for (const row of answer.average.filter(({ day }) => day === 1)) {
      const index = rows.findIndex(([name]) => name === row.platform);
      assert.equal(rows[index][3], show.count(row.players));
      await page.locator('[data-chart="cohorts"] tbody tr').nth(index).locator('.number-button').nth(1).click();
      assert.equal(await drilledTotal(page), row.players);
    }
    assert.deepEqual(problems, []);
    await close();
  });
});

describe('stickiness and lifecycle', () => {
  const suite = useSuite();
  const range = () => ({ from: dayBefore(suite.today, 34), to: dayBefore(suite.today, 2) });
  const visit = (rest = '') => suite.visit(`/stickiness?from=${range().from}&to=${range().to}${rest}`);
  const ready = '[data-chart="lifecycle"][data-state="ready"]';

  testLooks(suite, { name: 'stickiness', path: '/stickiness', ready });
  testLooks(suite, {
    name: 'stickiness-tables',
    path: '/stickiness?by=week&compare=previous&tables=active.ratio.days-active.lifecycle',
    ready: '[data-chart="lifecycle"] table',
  });

  test('active players of 1, 7 and 30 days are the API’s, in figures and table, and lead to as many', async () => {
    const metrics = ['dau', 'wau', 'mau'];
    const answer = await ask(suite.target, 'metrics', { ...range(), metrics, interval: 'day' });
    const { page, problems, close } = await visit('&tables=active');
    await page.waitForSelector('[data-chart="active"] table');
    const values = (name) => answer.rows.filter((row) => row.metric === name).map((row) => row.value);
    const rows = await tableRows(page, 'active');
    metrics.forEach((name, index) =>
      assert.deepEqual(
        rows.map((row) => row[index + 1]),
        values(name).map(show.count).toReversed(),
        name,
      ),
    );
    for (const name of metrics) {
      const figure = page.locator(`[data-kpi="${name}"] .number-button`);
      assert.equal(await seenText(figure), show.count(values(name).at(-1)));
      await figure.click();
      assert.equal(await drilledTotal(page), values(name).at(-1));
    }
    assert.deepEqual(problems, []);
    await close();
  });

  test('active days and their players are those of the API, under a filter', async () => {
    const filter = { all: [{ field: 'platform', is: 'equals', value: 'ios' }] };
    const answer = await ask(suite.target, 'stickiness', { ...range(), filter });
    const { page, problems, close } = await visit('&filters=platform:equals:ios');
    await page.waitForSelector('[data-chart="days-active"][data-state="ready"]');
    for (const row of answer.rows) {
      const column = page.locator(`[data-chart="days-active"] [data-column="${row.days}"]`);
      assert.equal(await column.locator('[data-value]').innerText(), show.count(row.players));
    }
    await page.locator('[data-chart="days-active"] [data-column="2"] button').click();
    assert.equal(await drilledTotal(page), answer.rows.find((row) => row.days === 2).players);
    assert.deepEqual(problems, []);
    await close();
  });

  test('lifecycle: each state of each week is the API’s; a part of a bar leads to its players, by keyboard as well', async () => {
    const answer = await ask(suite.target, 'lifecycle', { ...range(), interval: 'week' });
    const players = (date, state) => answer.rows.find((row) => row.date === date && row.state === state)?.players ?? 0;
    const dates = [...new Set(answer.rows.map((row) => row.date))].toSorted();
    const { page, problems, close } = await visit('&by=week');
    await page.waitForSelector(`${ready} canvas`);
    const chart = page.locator('[data-chart="lifecycle"] .time-chart');
    await chart.focus();
    await page.keyboard.press('End');
    for (const state of ['returning', 'resurrected', 'new', 'dormant']) {
      await page.keyboard.press('Enter');
      assert.equal(await drilledTotal(page), players(dates.at(-1), state), state);
      await chart.focus();
      await page.keyboard.press('End');
      await page.keyboard.press('ArrowUp');
    }
    await page.getByRole('button', { name: 'Show Lifecycle as a table' }).click();
    const expected = dates.map((date) =>
      ['returning', 'resurrected', 'new', 'dormant'].map((state) => show.count(players(date, state))),
    );
    assert.deepEqual(
      (await tableRows(page, 'lifecycle')).map((row) => row.slice(1, 5)),
      expected.toReversed(),
    );
    assert.deepEqual(problems, []);
    await close();
  });
});
