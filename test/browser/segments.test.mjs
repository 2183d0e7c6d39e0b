// Segments, and what they do on other pages, against the real server.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { show } from './support/numbers.mjs';
import { ask, dayBefore, drilledTotal, seenText, tableRows, testLooks, useSuite } from './support/suite.mjs';

describe('segments', () => {
  const suite = useSuite();
  const range = () => ({ from: dayBefore(suite.today, 20), to: dayBefore(suite.today, 4) });
  const visit = (path, rest = '') => suite.visit(`${path}?from=${range().from}&to=${range().to}${rest}`);
  const filters = 'did:level_complete:3:14;did_not:purchase:1:0';
  const filter = {
    all: [
      { did: 'level_complete', at_least: 3, days: 14 },
      { did_not: 'purchase', at_least: 1, days: 0 },
    ],
  };
  const ready = '[data-chart="by-platform"][data-state="ready"]';

  testLooks(suite, { name: 'segments', path: `/segments?filters=${encodeURIComponent(filters)}`, ready });

  test('built by hand: the count is the API’s, its players are as many, and the address holds it', async () => {
    const where = { field: 'property.level', is: 'greater', value: 3 };
    const asked = { all: [{ did: 'level_complete', at_least: 2, days: 20, where }] };
    const answer = await ask(suite.target, 'segment', { ...range(), filter: asked });
    const { page, problems, close } = await visit('/segments');
    await page.getByRole('button', { name: '+ Filter' }).click();
    await page.getByLabel('Event', { exact: true }).selectOption('level_complete');
    await page.getByLabel('at least').fill('2');
    await page.getByLabel('in the last').fill('20');
    await page.getByLabel('Where field').fill('property.level');
    await page.getByLabel('Where condition').selectOption('greater');
    await page.getByLabel('Where value').fill('3');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page
      .locator('.chip', { hasText: 'did level_complete (level > 3) 2 times or more in the last 20 days' })
      .waitFor();
    const number = page.locator('[data-kpi="segment"] .number-button');
    await number.waitFor();
    assert.equal(await seenText(number), show.count(answer.rows[0].players));
    await number.click();
    assert.equal(await drilledTotal(page), answer.rows[0].players);
    assert.match(page.url(), /filters=did%3Alevel_complete%3A2%3A20/);
    assert.deepEqual(problems, []);
    await close();
  });

  test('of what it is made: rows are the API’s, add up to the segment, and lead to as many players', async () => {
    const whole = await ask(suite.target, 'segment', { ...range(), filter });
    const parts = await ask(suite.target, 'segment', { ...range(), filter, breakdown: ['player.platform'] });
    const { page, problems, close } = await visit(
      '/segments',
      `&filters=${encodeURIComponent(filters)}&tables=by-platform`,
    );
    await page.waitForSelector('[data-chart="by-platform"] table');
    const players = parts.rows.map((row) => row.players).toSorted((a, b) => b - a);
    assert.equal(
      players.reduce((sum, value) => sum + value, 0),
      whole.rows[0].players,
    );
    assert.deepEqual(
      (await tableRows(page, 'by-platform')).map((row) => row[1]),
      players.map(show.count),
    );
    await page.locator('[data-chart="by-platform"] .number-button').first().click();
    assert.equal(await drilledTotal(page), players[0]);
    assert.deepEqual(problems, []);
    await close();
  });

  test('used in a funnel, with what ends it and by session: the numbers are those of the segment alone', async () => {
    const steps = ['session_start', 'level_complete', 'store_open'];
    const question = { ...range(), filter, steps, exclusions: ['level_fail'], per: 'session' };
    const answer = await ask(suite.target, 'funnel', question);
    const { page, problems, close } = await visit('/segments', `&filters=${encodeURIComponent(filters)}`);
    await page.getByRole('navigation', { name: 'Use the segment' }).getByRole('link', { name: 'Funnels' }).click();
    await page.locator('.chip', { hasText: 'did not purchase in the range' }).waitFor();
    for (const step of steps) await page.getByLabel('Add a step').selectOption(step);
    await page.getByLabel('Counted').selectOption('Sessions');
    await page.getByLabel('Ended by').selectOption('level_fail');
    await page.waitForURL(/without=level_fail/);
    const [, second] = answer.rows;
    await page.locator('[data-step="2"]', { hasText: `${show.count(second.units)} sessions of` }).waitFor();
    const number = page.locator('[data-step="2"] .number-button').first();
    assert.equal(await seenText(number), show.count(second.players));
    await number.click();
    assert.equal(await drilledTotal(page), second.players);
    assert.deepEqual(problems, []);
    await close();
  });

  test('a filter of single events is no segment, and the page says so', async () => {
    const { page, problems, close } = await visit('/segments', '&filters=country:equals:DE');
    await page.getByText('one of these filters is of single events').waitFor();
    assert.deepEqual(problems, []);
    await close();
  });
});
