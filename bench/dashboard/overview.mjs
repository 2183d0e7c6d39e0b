// How long the Overview takes until it can be used, from nothing: a new browser, an empty cache, the demo game of this machine.
//
//   npm run overview       RUNS (default 5), GOAL_MS (default 1500), CPU_TIMES (default 1: the machine as it is; 4 is a slow laptop)
// "Interactive" is the later of two moments, counted from the start of the navigation: every key figure shows its number (and the frame
// with the last one has been drawn), and the last task of more than 50 ms before 500 ms without one has ended.
import { launchBrowser, openPage } from '../../test/browser/support/browser.mjs';
import { link } from '../../test/browser/support/target.mjs';
import { measured, percentile, verdict } from './target.mjs';

const runs = Number(process.env.RUNS ?? 5);
const goalMs = Number(process.env.GOAL_MS ?? 1500);
const cpuTimes = Number(process.env.CPU_TIMES ?? 1);

/** Runs in the page before its own scripts. */
function watch() {
  const seen = { filled: null, charts: null, busyUntil: 0 };
  globalThis.seen = seen;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) seen.busyUntil = Math.max(seen.busyUntil, startTime + duration);
  }).observe({ type: 'longtask', buffered: true });
  const afterFrame = (name) => requestAnimationFrame(() => setTimeout(() => (seen[name] ??= performance.now())));
  const look = () => {
    const cards = document.querySelectorAll('[data-kpi]');
    if (seen.filled === null && cards.length > 0 && !document.querySelector('[data-kpi] .skeleton-text')) afterFrame('filled');
    const charts = [...document.querySelectorAll('[data-chart]')];
    if (seen.charts === null && charts.length > 0 && charts.every((chart) => chart.dataset.state === 'ready')) afterFrame('charts');
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
}

async function load(target) {
  const browser = await launchBrowser();
  try {
    const { page, problems } = await openPage(browser, { baseUrl: target.url });
    if (cpuTimes > 1) {
      const session = await page.context().newCDPSession(page);
      await session.send('Emulation.setCPUThrottlingRate', { rate: cpuTimes });
    }
    await page.addInitScript(watch);
    await page.goto(link(target, '/'), { waitUntil: 'commit' });
    await page.waitForFunction(
      () =>
        globalThis.seen?.filled != null &&
        globalThis.seen.charts != null &&
        performance.now() - Math.max(globalThis.seen.filled, globalThis.seen.busyUntil) > 500,
      undefined,
      { polling: 50 },
    );
    const { seen, painted } = await page.evaluate(() => ({
      seen: globalThis.seen,
      painted: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null,
    }));
    if (problems.length > 0) throw new Error(problems.join('\n'));
    return { painted, filled: seen.filled, charts: seen.charts, interactive: Math.max(seen.filled, seen.busyUntil) };
  } finally {
    await browser.close();
  }
}

await measured(async (target) => {
  const all = [];
  for (let run = 0; run < runs; run++) {
    const one = await load(target);
    all.push(one);
    console.log(
      Object.entries(one)
        .map(([name, ms]) => `${name} ${Math.round(ms)} ms`)
        .join(', '),
    );
  }
  const median = Math.round(percentile(all.map(({ interactive }) => interactive), 50));
  const worst = Math.round(Math.max(...all.map(({ interactive }) => interactive)));
  return verdict(`Overview interactive, median of ${runs}`, `${median} ms, worst ${worst} ms`, median < goalMs, `< ${goalMs} ms`);
});
