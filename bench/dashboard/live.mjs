// Whether the Live page keeps drawing while events come in: 500 a second are sent, and the page's own frames are counted.
//
//   npm run live       RATE (events a second, default 500), SECONDS (default 20), GOAL_FPS (default 30)
// The goal is met when 95 of 100 intervals between two frames are no longer than one of GOAL_FPS, the server took all events, and the feed
// went on showing new ones: a page that stands still draws no frame late.
import assert from 'node:assert/strict';
import { launchBrowser, openPage } from '../../test/browser/support/browser.mjs';
import { link, sendEvents } from '../../test/browser/support/target.mjs';
import { measured, percentile, verdict } from './target.mjs';

const rate = Number(process.env.RATE ?? 500);
const seconds = Number(process.env.SECONDS ?? 20);
const goalFps = Number(process.env.GOAL_FPS ?? 30);
const batchesPerSecond = 10;

const events = (count, from) =>
  Array.from({ length: count }, (_, index) => ({
    event: ['level_start', 'level_complete', 'store_open', 'session_start'][(from + index) % 4],
    player_id: `live-${(from + index) % 400}`,
    country: ['DE', 'US', 'JP'][index % 3],
    platform: 'pc',
    properties: { level: index % 40, note: `${from + index}` },
  }));

/** Sends in step with the clock, without waiting for answers, until it is stopped; gives how many events were taken. */
function startSender(target) {
  const batch = Math.round(rate / batchesPerSecond);
  const began = performance.now();
  const answers = [];
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) * batchesPerSecond) / 1000);
    while (answers.length < due) answers.push(sendEvents(target, events(batch, answers.length * batch)));
  }, 1000 / batchesPerSecond);
  return async () => {
    clearInterval(timer);
    const lasted = (performance.now() - began) / 1000;
    const taken = (await Promise.all(answers)).reduce((sum, { accepted }) => sum + accepted, 0);
    return { taken, perSecond: taken / lasted };
  };
}

/** Runs in the page: the intervals between its frames, and how many rows the feed showed as its newest. */
async function countFrames(milliseconds) {
  const newest = new Set();
  const intervals = [];
  const began = performance.now();
  let last = began;
  while (last - began < milliseconds) {
    const now = await new Promise((resolve) => requestAnimationFrame(resolve));
    intervals.push(now - last);
    last = now;
    newest.add(document.querySelector('.feed-list > li')?.textContent);
  }
  return { intervals: intervals.slice(1), changes: newest.size };
}

/** Prints the intervals, and gives what 95 of 100 do not exceed. */
function told(what, intervals) {
  const [p50, p95, p99] = [50, 95, 99].map((percent) => percentile(intervals, percent));
  const numbers = [p50, p95, p99, Math.max(...intervals)].map((ms) => ms.toFixed(1)).join(', ');
  console.log(`${what}: ${intervals.length} frames, intervals p50, p95, p99, longest ${numbers} ms`);
  return p95;
}

await measured(async (target) => {
  const browser = await launchBrowser();
  try {
    const { page, problems } = await openPage(browser, { baseUrl: target.url });
    await page.goto(link(target, '/live'));
    await page.waitForSelector('[data-stream="open"]');
    await page.waitForTimeout(2000);
    // The same page without events: what the machine and its other work take from the frames.
    told('without events', (await page.evaluate(countFrames, 5000)).intervals);
    const stop = startSender(target);
    await page.waitForTimeout(2000);
    const { intervals, changes } = await page.evaluate(countFrames, seconds * 1000);
    const { taken, perSecond } = await stop();
    assert.deepEqual(problems, []);
    console.log(`${taken} events were taken, the first row changed ${changes} times`);
    const p95 = told('with them', intervals);
    const rateKept = perSecond > 0.95 * rate;
    // Half a millisecond for the resolution of the page's clock.
    const framesKept = p95 <= 1000 / goalFps + 0.5;
    const shownKept = changes > 2 * seconds;
    return [
      verdict('events were sent', `${perSecond.toFixed(0)} a second`, rateKept, rate),
      verdict('the feed showed new events', `${changes} times in ${seconds} s`, shownKept, 'twice a second'),
      verdict('Live, 95 of 100 intervals', `${p95.toFixed(1)} ms`, framesKept, `<= ${(1000 / goalFps).toFixed(1)} ms, ${goalFps} a second`),
    ].every(Boolean);
  } finally {
    await browser.close();
  }
});
