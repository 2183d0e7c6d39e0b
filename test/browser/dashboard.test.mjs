// The dashboard in a real browser against a server with data.
//
//   GM_URL=http://127.0.0.1:8080 GM_PROJECT_KEY=gm_pk_... GM_WRITE_KEY=gm_wk_... node --test        a running server
//   GM_MOCK=1 node --test                                                                            the mock, for the dashboard's developers
// GM_SHOTS: a folder for screenshots. GM_CHROMIUM: the browser.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { seriousViolations } from './support/accessibility.mjs';
import { launchBrowser, openPage } from './support/browser.mjs';
import { expectedCards, expectedCells, show } from './support/numbers.mjs';
import { becomes, dayBefore, until } from './support/suite.mjs';
import { getJson, link, openTarget, sendEvents } from './support/target.mjs';

const metricNames = [
  'dau',
  'new_players',
  'returning_players',
  'sessions',
  'session_minutes',
  'revenue',
  'arpdau',
  'payers',
];
const pages = [
  { name: 'overview', path: '/', ready: '[data-chart="top-events"][data-state="ready"]' },
  {
    name: 'overview-tables',
    path: '/?tables=players.sessions.revenue.retention.top-events',
    ready: '[data-chart="retention"] table',
  },
  { name: 'live', path: '/live', ready: '[data-stream="open"]' },
  { name: 'rejected', path: '/rejected', ready: '.card .empty, .rejected-row' },
];
const shots = process.env.GM_SHOTS;

describe('dashboard', () => {
  let browser;
  let target;
  let project;
  let today;

  before(async () => {
    target = await openTarget();
    browser = await launchBrowser();
    project = await getJson(target, 'project');
    today = new Intl.DateTimeFormat('en-CA', { timeZone: project.timezone }).format(new Date());
    if (shots) mkdirSync(shots, { recursive: true });
  });
  after(async () => {
    await browser?.close();
    await target?.close();
  });

  const visit = async (path, options = {}) => {
    const opened = await openPage(browser, { baseUrl: target.url, ...options });
    await opened.page.goto(link(target, path));
    return opened;
  };

  for (const theme of ['light', 'dark']) {
    for (const { name, path, ready } of pages) {
      test(`${name} in the ${theme} theme: no error, no foreign request, accessible`, async () => {
        const { page, problems, close } = await visit(path, { theme });
        await page.waitForSelector(ready);
        await page.waitForTimeout(400);
        assert.ok(!page.url().includes('gm_pk_'), 'the key stays in the address bar');
        if (shots) await page.screenshot({ path: join(shots, `${name}-${theme}.png`), fullPage: name !== 'live' });
        assert.deepEqual(await seriousViolations(page), []);
        assert.deepEqual(problems, []);
        await close();
      });
    }
  }

  for (const viewport of [
    { width: 360, height: 780 },
    { width: 820, height: 1100 },
  ]) {
    test(`every page fits a screen ${viewport.width} wide`, async () => {
      for (const { name, path, ready } of pages) {
        const { page, problems, close } = await visit(path, { viewport });
        await page.waitForSelector(ready);
        await page.waitForTimeout(300);
        if (shots)
          await page.screenshot({ path: join(shots, `${name}-${viewport.width}.png`), fullPage: name !== 'live' });
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= viewport.width, `${name} is ${width} wide`);
        assert.deepEqual(problems, []);
        await close();
      }
    });
  }

  const readOverview = async (page, range) => {
    const parameters = { from: range.from, to: range.to };
    const answers = {};
    for (const metric of metricNames) answers[metric] = await getJson(target, `metrics/${metric}`, parameters);
    const retention = await getJson(target, 'retention', { ...parameters, days: '0,1,2,3,4,5,6,7,14,30' });
    await page.waitForSelector('[data-chart="retention"][data-state="ready"]');
    return { answers, retention };
  };
  const range = () => ({ from: dayBefore(today, 9), to: dayBefore(today, 3) });

  test('cards, tables and retention cells show the numbers of the API', async () => {
    const { from, to } = range();
    const { page, problems, close } = await visit(`/?from=${from}&to=${to}&cohorts=all`);
    const { answers, retention } = await readOverview(page, { from, to });
    for (const [name, expected] of Object.entries(expectedCards(answers, retention, today, project.currency))) {
      assert.equal(await page.locator(`[data-kpi="${name}"] [data-value]`).innerText(), expected, name);
    }
    const shown = await page.$$eval('[data-chart="retention"] [data-cohort] [data-day]', (cells) =>
      cells.map((cell) => [
        `${cell.closest('[data-cohort]').dataset.cohort}/${cell.dataset.day}`,
        { text: cell.querySelector('text').textContent, complete: cell.dataset.complete === 'true' },
      ]),
    );
    const expected = expectedCells(retention, today);
    assert.ok(expected.size > 0, 'the range has no cohort: nothing would be compared');
    assert.deepEqual(new Map(shown.toSorted()), new Map([...expected].toSorted()));
    await checkTables(page, answers);
    assert.deepEqual(problems, []);
    await close();
  });

  const checkTables = async (page, answers) => {
    const money = show.money(project.currency);
    await page.getByRole('button', { name: 'Show Daily players as a table' }).click();
    await page.getByRole('button', { name: 'Show Revenue as a table' }).click();
    const rows = (chart) =>
      page.$$eval(`[data-chart="${chart}"] tbody tr`, (found) =>
        found.map((row) => [...row.cells].map((cell) => cell.textContent)),
      );
    const players = await rows('players');
    assert.deepEqual(
      players.map((row) => row.slice(1, 4)),
      answers.dau.points
        .map((point, index) =>
          [point.value, answers.new_players.points[index].value, answers.returning_players.points[index].value].map(
            show.count,
          ),
        )
        .toReversed(),
    );
    assert.deepEqual(
      (await rows('revenue')).map((row) => row[1]),
      answers.revenue.points.map((point) => money(point.value)).toReversed(),
    );
    // The choice is part of the address, so the view can be shared.
    assert.match(page.url(), /tables=players\.revenue/);
    if (shots) await page.screenshot({ path: join(shots, 'overview-some-tables-light.png'), fullPage: true });
  };

  test('top events are those of the API, and the CSV has the same numbers', async () => {
    const { from, to } = range();
    const { page, close } = await visit(`/?from=${from}&to=${to}`);
    const top = await getJson(target, 'events/top', { from, to, limit: '10' });
    await page.waitForSelector('[data-chart="top-events"][data-state="ready"]');
    const shown = await page.$$eval('[data-chart="top-events"] li', (rows) =>
      rows.map((row) => [...row.querySelectorAll('span')].map((cell) => cell.textContent)),
    );
    assert.deepEqual(
      shown,
      top.rows.map((row) => [row.event, show.count(row.events), show.share(row.share)]),
    );
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download Top events as CSV' }).click(),
    ]);
    const csv = readFileSync(await download.path(), 'utf8')
      .replace('\uFEFF', '')
      .trim()
      .split('\r\n');
    assert.equal(download.suggestedFilename(), `top-events_${from}_${to}.csv`);
    assert.deepEqual(
      csv.slice(1),
      top.rows.map((row) => `${row.event},${row.events},${row.share}`),
    );
    await close();
  });

  test('definitions of the API show on focus', async () => {
    const dau = await getJson(target, 'metrics/dau', { from: today, to: today });
    const { page, close } = await visit('/');
    await page.waitForSelector('[data-kpi="dau"] .definition');
    await page.locator('[data-kpi="dau"] .definition button').focus();
    assert.ok((await page.locator('[role="tooltip"]').innerText()).includes(dau.definition));
    if (shots) await page.screenshot({ path: join(shots, 'definition-light.png') });
    await page.keyboard.press('Escape');
    await page.locator('[role="tooltip"]').waitFor({ state: 'detached' });
    await close();
  });

  test('an event that is sent shows up in the live feed within 5 s', async () => {
    const { page, problems, close } = await visit('/live');
    await page.waitForSelector('[data-stream="open"]');
    const player = `browser-test-${randomUUID()}`;
    const sentAt = Date.now();
    await sendEvents(target, [
      {
        event_id: randomUUID(),
        event: 'browser_test_event',
        player_id: player,
        platform: 'web',
        build: '0.0.1',
        properties: { note: 'from the browser test', level: 7 },
      },
    ]);
    const row = page.locator('.feed-row', { hasText: player });
    await row.waitFor({ timeout: 5000 });
    const seenAfter = Date.now() - sentAt;
    assert.ok(seenAfter < 5000, `${seenAfter} ms`);
    assert.equal(await row.count(), 1);
    await row.click();
    assert.match(await page.locator('.feed-details pre').innerText(), /"note": "from the browser test"/);
    await page.getByRole('searchbox').fill(`${player} level`);
    await becomes(() => page.locator('.feed-row').count(), 1);
    await page.waitForURL(/q=browser-test/);
    if (shots) await page.screenshot({ path: join(shots, 'live-details-light.png') });
    assert.deepEqual(problems, []);
    await close();
  });

  test('the paused feed stands still and catches up', async () => {
    const { page, close } = await visit('/live');
    await page.waitForSelector('[data-stream="open"]');
    await page.keyboard.press('p');
    const player = `paused-test-${randomUUID()}`;
    await sendEvents(target, [{ event: 'browser_test_event', player_id: player }]);
    await page.getByRole('button', { name: /Resume \(\d+\+? new\)/ }).waitFor({ timeout: 5000 });
    assert.equal(await page.locator('.feed-row', { hasText: player }).count(), 0);
    await page.keyboard.press('p');
    await page.locator('.feed-row', { hasText: player }).waitFor();
    await close();
  });

  test('an event that is refused shows up with its reason and its bytes', async () => {
    const marker = randomUUID();
    const answer = await sendEvents(target, [{ event: 'browser_test_event', properties: { marker } }]);
    assert.equal(answer.rejected, 1);
    const { reason } = await until(async () =>
      (await getJson(target, 'rejected', { limit: '20' })).rows.find((row) => row.raw.includes(marker)),
    );
    const { page, problems, close } = await visit(`/rejected?reason=${reason}`);
    const row = page.locator('.rejected-row', { hasText: marker });
    await row.locator('button').click();
    assert.match(await row.locator('pre').innerText(), new RegExp(marker));
    assert.deepEqual(await seriousViolations(page), []);
    if (shots) await page.screenshot({ path: join(shots, 'rejected-details-light.png') });
    assert.deepEqual(problems, []);
    await close();
  });

  test('a refused event is mended, sent again and counted once', async () => {
    const marker = `mended-${randomUUID()}`;
    await sendEvents(target, [{ event: 'browser_test_event', properties: { marker } }]);
    const row = await until(async () =>
      (await getJson(target, 'rejected', { limit: '20' })).rows.find(({ raw }) => raw.includes(marker)),
    );
    assert.equal(row.source, 'native');
    const { page, problems, close } = await visit(`/rejected?reason=${row.reason}`);
    const shown = page.locator('.rejected-row', { hasText: marker });
    await shown.locator('button').click();
    await shown.getByRole('button', { name: 'Mend and send again' }).click();
    const text = shown.getByLabel('The event, to be mended');
    const event = JSON.parse(await text.inputValue());
    assert.equal(event.time, row.received_at);
    await shown.getByLabel('Write key').fill(target.writeKey);
    await shown.getByRole('button', { name: 'Send', exact: true }).click();
    await shown.locator('[data-verdict="refused"]').waitFor();
    await text.fill(JSON.stringify({ ...event, player_id: marker }));
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await shown.getByRole('button', { name: 'Send', exact: true }).click();
      await shown.locator('[data-verdict="taken"]').waitFor();
    }
    assert.deepEqual(await seriousViolations(page), []);
    if (!target.isMock) {
      const events = await until(async () => {
        const found = (await getJson(target, `players/${marker}/events`).catch(() => ({ events: [] }))).events;
        return found.length > 0 && found;
      });
      assert.equal(events.length, 1);
    }
    assert.deepEqual(problems, []);
    await close();
  });

  test('the keyboard alone reaches pages, ranges, charts and help', async () => {
    const { page, problems, close } = await visit('/');
    await page.waitForSelector('[data-chart="players"] canvas');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Skip to content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
    await page.keyboard.press('w');
    await page.waitForURL(/range=7d/);
    await page.keyboard.press('q');
    await page.waitForURL(/range=90d/);
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await seriousViolations(page), []);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.locator('[data-chart="players"] .time-chart').focus();
    await page.keyboard.press('End');
    await page.locator('[data-chart="players"] .chart-tip').waitFor();
    await page.keyboard.press('2');
    await page.waitForURL(/\/live/);
    // The range belongs to the person: it is still there on the way back.
    await page.keyboard.press('1');
    await page.waitForURL(/range=90d/);
    assert.equal(await reachableByTab(page, 'Theme'), true);
    assert.deepEqual(problems, []);
    await close();
  });

  test('the theme follows the system until one is chosen, and the choice is kept', async () => {
    const { page, close } = await visit('/rejected', { theme: 'dark' });
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await page.waitForSelector('main h1');
    const dark = await background();
    await page.getByRole('button', { name: 'Theme: as the system. Change' }).click();
    const light = await background();
    assert.notEqual(light, dark);
    await page.reload();
    await page.waitForSelector('main h1');
    assert.equal(await background(), light);
    await close();
  });

  test('a key that is not taken leads back to the prompt with a sentence', async () => {
    const { page, close } = await openPage(browser, { baseUrl: target.url });
    await page.goto(`${target.url}/#key=gm_pk_this_key_is_not_known`);
    await page.getByText('The server did not accept the project key.').waitFor();
    assert.deepEqual(await seriousViolations(page), []);
    if (shots) await page.screenshot({ path: join(shots, 'key-prompt-light.png') });
    await page.getByLabel('Project key').fill(target.projectKey);
    await page.getByRole('button', { name: 'Open dashboard' }).click();
    await page.waitForSelector('[data-kpi="dau"]');
    await close();
  });
});

const focused = (page) => page.evaluate(() => document.activeElement?.textContent);

async function reachableByTab(page, label) {
  // More than a page has stops, so that the tour comes around once.
  for (let step = 0; step < 150; step += 1) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')).startsWith(label))
      return true;
  }
  return false;
}
