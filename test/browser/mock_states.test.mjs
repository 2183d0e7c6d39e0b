// States that a server with data never shows: an empty project, failures, a restart. Always against mock_api.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launchBrowser, openPage } from './support/browser.mjs';
import { startPrefixProxy } from './support/prefix_proxy.mjs';
import { link, openMock, sendEvents } from './support/target.mjs';

const shots = process.env.GM_SHOTS;

describe('dashboard states', () => {
  let browser;
  before(async () => {
    browser = await launchBrowser();
    if (shots) mkdirSync(shots, { recursive: true });
  });
  after(() => browser?.close());

  test('an empty project says how to start, says what was refused and what came first, and leads on', async () => {
    const target = await openMock({ empty: true });
    const { page, problems, close } = await openPage(browser, { baseUrl: target.url });
    await page.goto(`${link(target)}&write_key=${target.writeKey}`);
    await page.getByRole('heading', { name: 'Get started' }).waitFor();
    const curl = await page.locator('pre').innerText();
    assert.ok(curl.includes(`${target.url}/v1/events`) && curl.includes(target.writeKey), curl);
    await page.getByLabel('PostHog').check();
    assert.match(await page.locator('pre').innerText(), /posthog-node/);
    assert.equal(await page.locator('[data-chart]').count(), 0);
    if (shots) await page.screenshot({ path: join(shots, 'get-started-light.png'), fullPage: true });
    await sendEvents(target, [{ event: 'nobody' }]);
    await page.locator('[data-reason="player_id_missing"]', { hasText: 'Send a player_id' }).waitFor({ timeout: 6000 });
    assert.equal(await page.locator('[data-setup]').getAttribute('data-setup'), 'waiting');
    await sendEvents(target, [{ event: 'first', player_id: 'p-1', platform: 'pc' }]);
    await page.waitForSelector('[data-setup="done"]', { timeout: 6000 });
    const fact = (name) => page.locator(`[data-fact="${name}"]`).innerText();
    assert.deepEqual([await fact('Event'), await fact('Player'), await fact('Platform')], ['first', 'p-1', 'pc']);
    await page.locator('[data-fact="Came from"]', { hasText: 'the HTTP API' }).waitFor();
    if (shots) await page.screenshot({ path: join(shots, 'first-event-light.png'), fullPage: true });
    await page.getByRole('button', { name: 'Show the dashboard' }).click();
    await page.waitForSelector('[data-kpi="dau"]');
    assert.deepEqual(problems, []);
    await close();
    await target.close();
  });

  test('the test event button sends one', async () => {
    const target = await openMock({ empty: true });
    const { page, close } = await openPage(browser, { baseUrl: target.url });
    await page.goto(link(target));
    await page.getByLabel('Write key').fill(target.writeKey);
    await page.getByRole('button', { name: 'Send a test event from here' }).click();
    await page.locator('[data-fact="Event"]', { hasText: 'dashboard_test' }).waitFor({ timeout: 6000 });
    await close();
    await target.close();
  });

  test('a chart that fails says so and can be tried again', async () => {
    const target = await openMock();
    const { page, close } = await openPage(browser, { baseUrl: target.url, allow: [/500/] });
    let broken = true;
    await page.route('**/api/v1/metrics/revenue*', (route) =>
      broken
        ? route.fulfill({
            status: 500,
            contentType: 'application/problem+json',
            body: JSON.stringify({
              code: 'gm-store-unavailable',
              detail: 'The store is being rewritten.',
              trace_id: 'f'.repeat(32),
            }),
          })
        : route.continue(),
    );
    await page.goto(link(target));
    const card = page.locator('[data-chart="revenue"]');
    await card.getByText('The store is being rewritten.').waitFor({ timeout: 15_000 });
    await card.getByText('gm-store-unavailable').waitFor();
    if (shots) await page.screenshot({ path: join(shots, 'error-state-light.png'), fullPage: true });
    broken = false;
    await card.getByRole('button', { name: 'Try again' }).click();
    await page.waitForSelector('[data-chart="revenue"][data-state="ready"]');
    await close();
    await target.close();
  });

  test('it works under a sub-path, with links, reload and the live stream', async () => {
    const target = await openMock();
    const proxy = await startPrefixProxy(target.url, '/games/stats/');
    const { page, problems, close } = await openPage(browser, { baseUrl: proxy.url });
    await page.goto(`${proxy.url}/#key=${target.projectKey}`);
    await page.waitForSelector('[data-chart="top-events"][data-state="ready"]');
    assert.equal(page.url(), `${proxy.url}/`);
    await page.getByRole('link', { name: 'Live' }).click();
    await page.waitForSelector('[data-stream="open"]');
    assert.equal(page.url(), `${proxy.url}/live`);
    await page.reload();
    await page.waitForSelector('[data-stream="open"]');
    assert.deepEqual(problems, []);
    await close();
    await proxy.close();
    await target.close();
  });

  test('the feed comes back after a restart of the server and shows what happened meanwhile, once', async () => {
    const first = await openMock();
    const { page, problems, close } = await openPage(browser, { baseUrl: first.url, allow: [/ERR_/] });
    await page.goto(link(first, '/live'));
    await page.waitForSelector('[data-stream="open"]');
    await first.close();
    await page.waitForSelector('[data-stream="waiting"]');
    const second = await openMock({ port: Number(new URL(first.url).port) });
    await sendEvents(second, [{ event: 'while_away', player_id: 'p-away' }]);
    await page.waitForSelector('[data-stream="open"]', { timeout: 30_000 });
    await page.locator('.feed-row', { hasText: 'while_away' }).waitFor();
    await sendEvents(second, [{ event: 'after_return', player_id: 'p-away' }]);
    await page.locator('.feed-row', { hasText: 'after_return' }).waitFor();
    assert.equal(await page.locator('.feed-row', { hasText: 'while_away' }).count(), 1);
    assert.deepEqual(problems, []);
    await close();
    await second.close();
  });
});
