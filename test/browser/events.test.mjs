// The event manager: names and properties against the real server; what only a schema registry can tell against mock_api.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { seriousViolations } from './support/accessibility.mjs';
import { launchBrowser, openPage } from './support/browser.mjs';
import { show } from './support/numbers.mjs';
import { tableRows, testLooks, useSuite } from './support/suite.mjs';
import { getJson, link, openMock } from './support/target.mjs';

describe('events', () => {
  const suite = useSuite();
  const list = '[aria-label="Events of the project"] tbody tr';

  testLooks(suite, { name: 'events', path: '/event-manager?event=level_start', ready: '[data-property="level"]' });

  test('names and numbers are those of the API, and the search narrows them', async () => {
    const { page, problems, close } = await suite.visit('/event-manager');
    await page.waitForSelector(list);
    const all = { from: '2000-01-01', to: suite.today };
    const from = await page.$$eval(list, (rows) => rows.map((row) => [...row.cells].slice(0, 2).map((cell) => cell.textContent)));
    // The API's ranges are bounded; the demo game is younger than a year.
    const answer = await getJson(suite.target, 'events/top', { ...all, from: `${Number(suite.today.slice(0, 4)) - 1}-12-01`, limit: 1000 });
    assert.deepEqual(
      from.toSorted(),
      answer.rows.map(({ event, events }) => [event, show.count(events)]).toSorted(),
    );
    await page.getByLabel('Search events by name').fill('LEVEL_');
    await page.waitForURL(/q=LEVEL_/);
    await page.waitForFunction(
      ([selector, count]) => document.querySelectorAll(selector).length === count,
      [list, answer.rows.filter(({ event }) => event.includes('level_')).length],
    );
    assert.deepEqual(problems, []);
    await close();
  });

  test('by keyboard to the properties of an event, which are those of its events, and on to its chart', async () => {
    const { page, problems, close } = await suite.visit('/event-manager');
    await page.locator('[data-event="level_complete"]').focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-event-details="level_complete"] [data-property]');
    const shown = await page.$$eval('[data-property]', (found) => found.map((one) => one.dataset.property));
    const { players } = await getJson(suite.target, 'players', { limit: 50 });
    const eager = players.toSorted((a, b) => b.events - a.events)[0];
    const timeline = await getJson(suite.target, `players/${eager.player_id}/events`, { limit: 200 });
    const named = timeline.events.filter(({ event }) => event === 'level_complete');
    const expected = new Set(named.flatMap(({ properties }) => Object.keys(properties ?? {})));
    assert.ok(expected.size > 0);
    for (const name of expected) if (!name.startsWith('$gm_')) assert.ok(shown.includes(name), `${name} is not among ${shown}`);
    await page.getByRole('link', { name: 'Explore' }).last().click();
    await page.waitForURL(/\/explore\?.*event=level_complete/);
    assert.deepEqual(problems, []);
    await close();
  });
});

describe('events with a schema registry', () => {
  let browser;
  let target;
  before(async () => {
    browser = await launchBrowser();
    target = await openMock();
  });
  after(async () => {
    await browser?.close();
    await target?.close();
  });

  test('expecting a type shows what is unexpected, until nothing is expected any more', async () => {
    const { page, problems, close } = await openPage(browser, { baseUrl: target.url });
    await page.goto(link(target, '/event-manager?event=level_start'));
    const level = page.locator('[data-property="level"]');
    await level.getByLabel('number').click();
    await page.waitForSelector('[data-chart="violations"] tbody tr');
    const row = (await tableRows(page, 'violations'))[0];
    assert.deepEqual(row.slice(0, 6), ['level_start', 'level', 'number', 'string', '2', '12a']);
    assert.equal(await level.locator('[data-type="string"]').getAttribute('data-violates'), 'true');
    assert.deepEqual(await seriousViolations(page), []);
    // A click: the box shows what the server has, a moment later.
    await level.getByLabel('number').click();
    await page.getByText('No value has a type that was not expected.').waitFor();
    await page.getByRole('button', { name: 'Expect what was learned' }).click();
    await page.locator('[data-property="mode"]').getByText('what had been learned').waitFor();
    const schema = await getJson(target, 'schema', { event: 'level_start' });
    assert.deepEqual(
      schema.events[0].properties.map(({ expected }) => expected),
      [['number', 'string'], ['string']],
    );
    assert.deepEqual(problems, []);
    await close();
  });
});
