// What the tests of every page share: one browser, one target, and the looks that each page has to have.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { seriousViolations } from './accessibility.mjs';
import { launchBrowser, openPage } from './browser.mjs';
import { getJson, link, openTarget } from './target.mjs';

const shots = process.env.GM_SHOTS;

/** Call inside of `describe`; what it gives is filled in before the first test. */
export function useSuite() {
  const suite = {};
  before(async () => {
    suite.target = await openTarget();
    suite.browser = await launchBrowser();
    suite.project = await getJson(suite.target, 'project');
    suite.today = new Intl.DateTimeFormat('en-CA', { timeZone: suite.project.timezone }).format(new Date());
    if (shots) mkdirSync(shots, { recursive: true });
  });
  after(async () => {
    await suite.browser?.close();
    await suite.target?.close();
  });
  suite.visit = async (path, options = {}) => {
    const opened = await openPage(suite.browser, { baseUrl: suite.target.url, ...options });
    await opened.page.goto(link(suite.target, path));
    return opened;
  };
  return suite;
}

/** Both themes without an error, a foreign request or a serious finding of axe; a phone's width; a picture of each. */
export function testLooks(suite, { name, path, ready }) {
  const looks = [
    { look: 'light', theme: 'light' },
    { look: 'dark', theme: 'dark' },
    { look: '360', theme: 'light', viewport: { width: 360, height: 780 } },
  ];
  for (const { look, ...options } of looks) {
    test(`${name}, ${look}: no error, no foreign request, accessible, not too wide`, async () => {
      // On a busy machine the server may stop a query for its time; the page asks again, and is ready when it was answered.
      const { page, problems, close } = await suite.visit(await addressOf(path), { ...options, allow: [/ 504 /] });
      await page.waitForSelector(ready);
      await page.waitForTimeout(400);
      if (shots) await page.screenshot({ path: join(shots, `${name}-${look}.png`), fullPage: true });
      assert.deepEqual(await seriousViolations(page), []);
      const [width, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(width <= room, `${name} is ${width} wide`);
      assert.deepEqual(problems, []);
      await close();
    });
  }
}

/** An address that needs something from the server first is given as a function. */
const addressOf = (path) => (typeof path === 'function' ? path() : path);

/** Asks one of the questions of docs/reference/queries.md. */
export async function ask(target, kind, question) {
  const response = await fetch(`${target.url}/api/v1/query/${kind}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${target.projectKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(question),
  });
  assert.equal(response.status, 200, `${kind}: ${await response.clone().text()}`);
  return response.json();
}

/** The total that the dialog of players shows, once it is there; the dialog is closed again. */
export async function drilledTotal(page) {
  const total = page.locator('[data-drill] [data-total]');
  await total.waitFor();
  const shown = Number(await total.getAttribute('data-total'));
  await page.keyboard.press('Escape');
  await page.locator('[data-drill]').waitFor({ state: 'detached' });
  return shown;
}

/** The cells of a chart's table, as one sees them. */
export const tableRows = (page, chart) =>
  page.$$eval(`[data-chart="${chart}"] tbody tr`, (rows) =>
    rows.map((row) =>
      [...row.cells].map((cell) => {
        const seen = cell.cloneNode(true);
        for (const spoken of seen.querySelectorAll('.sr-only')) spoken.remove();
        return seen.textContent;
      }),
    ),
  );

/** The text of an element as one sees it, without what is only spoken. */
export const seenText = (locator) =>
  locator.evaluate((element) => {
    const seen = element.cloneNode(true);
    for (const spoken of seen.querySelectorAll('.sr-only')) spoken.remove();
    return seen.textContent;
  });

/** A page draws a task or two after its address has changed: `read` has five seconds to give what is expected. */
export async function becomes(read, expected) {
  const deadline = Date.now() + 5000;
  for (;;) {
    const actual = await read();
    if (isDeepStrictEqual(actual, expected) || Date.now() > deadline) return assert.deepEqual(actual, expected);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

export const dayBefore = (date, days) =>
  new Date(Date.parse(`${date}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);

/** Asks again until there is an answer that counts. */
export async function until(attempt, milliseconds = 10_000) {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const value = await attempt();
    if (value) return value;
    assert.ok(Date.now() < deadline, `still not there after ${milliseconds} ms`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
