// The way of an event, watched on the page against the real server.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { show } from './support/numbers.mjs';
import { dayBefore, tableRows, testLooks, until, useSuite } from './support/suite.mjs';
import { getJson, sendEvents } from './support/target.mjs';

describe('pipeline', () => {
  const suite = useSuite();
  const ready = (page, chart) => page.waitForSelector(`[data-chart="${chart}"][data-state="ready"]`);
  const stage = (page, name) => page.locator(`[data-stage="${name}"] [data-value]`).innerText();
  const counters = ['log_end', 'stored', 'duplicates', 'rejected'];

  testLooks(suite, { name: 'pipeline', path: '/pipeline', ready: '[data-chart="counted"][data-state="ready"]' });

  test('counted and late events by day are those of the API, and their share is its late share', async () => {
    const range = { from: dayBefore(suite.today, 20), to: dayBefore(suite.today, 8) };
    const { page, problems, close } = await suite.visit(`/pipeline?from=${range.from}&to=${range.to}&tables=counted`);
    await ready(page, 'counted');
    const answer = await getJson(suite.target, 'metrics/events', range);
    const rows = (await tableRows(page, 'counted')).map((row) => row.slice(1).map((cell) => Number(cell.replaceAll(',', ''))));
    assert.deepEqual(
      rows.map(([onTime, late]) => onTime + late).toReversed(),
      answer.points.map(({ value }) => value),
    );
    const late = rows.reduce((sum, row) => sum + row[1], 0);
    assert.ok(late > 0);
    assert.ok(Math.abs(late / answer.total - answer.late_share) < 1e-4);
    assert.deepEqual(problems, []);
    await close();
  });

  test('an event, its repeat and a refused one move the counters by one each, and the charts follow', async () => {
    const { page, problems, close } = await suite.visit('/pipeline?tables=refused');
    await page.waitForSelector('[data-stage]');
    const before = await getJson(suite.target, 'pipeline');
    assert.deepEqual(await Promise.all(counters.map((name) => stage(page, name))), counters.map((name) => show.count(before[name])));
    const event = { event: 'pipeline_test', player_id: 'p-pipeline', event_id: `pipeline-${Date.now()}` };
    await sendEvents(suite.target, [event, event, { event: 'pipeline_test' }]);
    const moved = { log_end: 2, stored: 1, duplicates: 1, rejected: 1 };
    await until(async () => (await stage(page, 'rejected')) === show.count(before.rejected + 1));
    await until(async () => (await stage(page, 'lag')) === '0');
    for (const name of counters) assert.equal(await stage(page, name), show.count(before[name] + moved[name]), name);
    await page.locator('[data-stage="log_end"]', { hasText: 'a second' }).waitFor();
    await page.reload();
    await ready(page, 'refused');
    const rejected = await getJson(suite.target, 'rejected', { limit: 500 });
    const today = rejected.rows.filter((row) => row.received_at.startsWith(new Date().toISOString().slice(0, 10))).length;
    assert.equal((await tableRows(page, 'refused'))[0][1], show.count(today));
    assert.deepEqual(problems, []);
    await close();
  });

  test('each reason has its number and leads to its events, by keyboard', async () => {
    const { page, problems, close } = await suite.visit('/pipeline');
    await page.waitForSelector('.dead-letters');
    const { reasons } = await getJson(suite.target, 'rejected');
    assert.ok(reasons.length > 1);
    assert.deepEqual(
      await page.$$eval('.dead-letters li', (items) => items.map((item) => [item.dataset.reason, item.querySelector('b').textContent])),
      reasons.map(({ reason, events }) => [reason, show.count(events)]),
    );
    await page.getByRole('link', { name: reasons[1].reason }).focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('.rejected-row');
    assert.equal(new URL(page.url()).searchParams.get('reason'), reasons[1].reason);
    assert.deepEqual(problems, []);
    await close();
  });

  test('a question that runs is listed and cancelled by keyboard; who asked is told', async () => {
    const { page, problems, close } = await suite.visit('/pipeline');
    // The page's own statements have ended: a project may have few at once.
    await ready(page, 'counted');
    await ready(page, 'refused');
    await page.waitForSelector('[data-running="0"]');
    const id = `browser-${Date.now()}`;
    const asked = fetch(`${suite.target.url}/api/v1/sql`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${suite.target.projectKey}`, 'Content-Type': 'application/json', 'X-Query-Id': id },
      body: JSON.stringify({ sql: 'SELECT count(*) FROM range(3000000) AS a, range(3000000) AS b WHERE a.range = b.range + 1 OR a.range % 7 = b.range % 11' }),
    });
    const row = page.locator(`[data-query="${id}"]`);
    await row.waitFor();
    assert.match(await row.innerText(), /^sql/);
    assert.match(await row.locator('[data-asker]').innerText(), /^key \d+$/);
    await row.getByRole('button').focus();
    await page.keyboard.press('Enter');
    const answer = await asked;
    assert.deepEqual([answer.status, (await answer.json()).code], [409, 'gm-query-cancelled']);
    await row.waitFor({ state: 'detached' });
    await page.waitForSelector('[data-running="0"]');
    assert.deepEqual(problems, []);
    await close();
  });
});
