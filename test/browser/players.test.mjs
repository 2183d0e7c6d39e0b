// Players and their timelines, against the real server.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { seriousViolations } from './support/accessibility.mjs';
import { openPage } from './support/browser.mjs';
import { show } from './support/numbers.mjs';
import { startPrefixProxy } from './support/prefix_proxy.mjs';
import { becomes, testLooks, until, useSuite } from './support/suite.mjs';
import { getJson, sendEvents } from './support/target.mjs';

describe('players', () => {
  const suite = useSuite();
  /** The player of the newest 50 who did most: one with several sessions and pages. */
  const busiest = async () => {
    const { players } = await getJson(suite.target, 'players', { limit: '50' });
    return players.toSorted((a, b) => b.events - a.events)[0];
  };

  testLooks(suite, { name: 'players', path: '/players', ready: 'tr[data-player]' });
  testLooks(suite, {
    name: 'player',
    path: async () => `/players/${(await busiest()).player_id}`,
    ready: '[data-group]',
  });

  test('the list is that of the API, sorted as asked, and a page of it is an address', async () => {
    const answer = await getJson(suite.target, 'players', { limit: '500' });
    const { page, problems, close } = await suite.visit('/players');
    await page.waitForSelector('tr[data-player]');
    assert.equal(await page.locator('[data-total]').getAttribute('data-total'), String(answer.total));
    const ids = () => page.$$eval('tr[data-player]', (rows) => rows.map((row) => row.dataset.player));
    assert.deepEqual(
      await ids(),
      answer.players.slice(0, 50).map((player) => player.player_id),
    );
    await page.getByRole('button', { name: 'Revenue' }).click();
    await page.waitForURL(/sort=revenue/);
    const byRevenue = answer.players.toSorted((a, b) => b.revenue - a.revenue);
    await becomes(
      ids,
      byRevenue.slice(0, 50).map((player) => player.player_id),
    );
    await page.getByRole('link', { name: 'Next' }).click();
    await page.waitForURL(/page=2/);
    await becomes(
      ids,
      byRevenue.slice(50, 100).map((player) => player.player_id),
    );
    const money = show.money(suite.project.currency);
    assert.equal(
      await page.locator('tr[data-player] td:nth-child(6)').first().innerText(),
      money(byRevenue[50].revenue),
    );
    await page.reload();
    await page.waitForSelector('tr[data-player]');
    await becomes(
      ids,
      byRevenue.slice(50, 100).map((player) => player.player_id),
    );
    assert.deepEqual(problems, []);
    await close();
  });

  test('a player has the facts and the events of the API, older ones on demand', async () => {
    const player = await busiest();
    const { page, problems, close } = await suite.visit(`/players/${player.player_id}`);
    await page.waitForSelector('[data-fact="revenue"]');
    const fact = (name) => page.locator(`[data-fact="${name}"]`).innerText();
    assert.equal(await fact('events'), show.count(player.events));
    assert.equal(await fact('sessions'), show.count(player.sessions));
    assert.equal(await fact('revenue'), show.money(suite.project.currency)(player.revenue));
    assert.equal(await fact('build'), player.build);
    for (;;) {
      const older = page.getByRole('button', { name: 'Read older events' });
      if ((await older.count()) === 0) break;
      const before = Number(await page.locator('[data-timeline]').getAttribute('data-timeline'));
      await older.click();
      await page.waitForFunction(
        (count) => Number(document.querySelector('[data-timeline]').dataset.timeline) > count,
        before,
      );
    }
    assert.equal(await page.locator('.entry').count(), player.events);
    const first = page.locator('.entry').last();
    await first.click();
    assert.match(await page.locator('.feed-details pre').innerText(), new RegExp(`"player_id": "${player.player_id}"`));
    assert.deepEqual(problems, []);
    await close();
  });

  test('a player is found by any of the linked ids, and the filter of the timeline is an address', async () => {
    const [device, person] = [`device-${randomUUID()}`, `person-${randomUUID()}`];
    await sendEvents(suite.target, [
      { event: 'browser_test_event', player_id: device, properties: { note: 'rare words' } },
      { event: '$identify', player_id: person, properties: { $anon_distinct_id: device } },
    ]);
    await until(
      async () => (await getJson(suite.target, 'identity/links', { player: device })).links.length > 0,
      30_000,
    );
    const { page, problems, close } = await suite.visit('/players');
    await page.waitForSelector('tr[data-player]');
    await page.keyboard.press('/');
    await page.keyboard.type(device);
    await page.waitForURL(/q=device-/);
    const row = page.locator(`tr[data-player="${person}"]`);
    await page.locator('[data-total="1"]').waitFor();
    await row.getByRole('link').click();
    await page.waitForSelector(`[data-link="${device}"]`);
    assert.equal(await page.locator('h1').innerText(), person);
    assert.equal(await page.locator('.entry').count(), 2);
    await page.keyboard.press('/');
    await page.keyboard.type('rare');
    await page.waitForURL(/words=rare/);
    await becomes(() => page.locator('.entry').count(), 1);
    assert.deepEqual(problems, []);
    await close();
  });

  test('a player’s address works below a sub-path, two levels deep', async () => {
    const player = await busiest();
    const proxy = await startPrefixProxy(suite.target.url, '/games/stats/');
    const { page, problems, close } = await openPage(suite.browser, { baseUrl: proxy.url });
    await page.goto(`${proxy.url}/players/${player.player_id}#key=${suite.target.projectKey}`);
    await page.waitForSelector('[data-group]');
    await page.getByRole('link', { name: 'All players' }).click();
    await page.waitForURL(/\/games\/stats\/players$/);
    await page.waitForSelector('tr[data-player]');
    assert.deepEqual(problems, []);
    await close();
    await proxy.close();
  });

  test('the command palette leads to a page, a range and a player by keyboard alone', async () => {
    const player = await busiest();
    const { page, problems, close } = await suite.visit('/rejected');
    await page.waitForSelector('main h1');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    assert.deepEqual(await seriousViolations(page), []);
    await page.keyboard.type('reven');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/revenue$/);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('7 days');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/revenue\?range=7d$/);
    await page.keyboard.press('Control+k');
    await page.keyboard.type(player.player_id);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`tr[data-player="${player.player_id}"]`);
    assert.match(page.url(), /players\?.*q=/);
    assert.deepEqual(problems, []);
    await close();
  });

  test('an id that nobody has says so', async () => {
    const { page, close } = await suite.visit('/players/nobody-has-this-id', { allow: [/404/] });
    await page.getByText('No counted event has this player id.').waitFor();
    await close();
  });
});
