// Every page in both themes, as PNG files, of the demo game.
//
//   npm run screenshots                       starts GM_BINARY (default build/release/cmd/gamemetrics/gamemetrics) with its demo game
//   GM_URL=... GM_PROJECT_KEY=... GM_WRITE_KEY=... npm run screenshots       a running server
// GM_PAGES: names of pages, joined by commas (default all). GM_SHOTS: where to (default docs/images/dashboard). GM_CHROMIUM: the browser.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser, openPage } from './support/browser.mjs';
import { startDemo } from './support/demo.mjs';
import { getJson, link, openTarget } from './support/target.mjs';

const output = process.env.GM_SHOTS ?? fileURLToPath(new URL('../../docs/images/dashboard', import.meta.url));
const wanted = process.env.GM_PAGES?.split(',');

const statement = `-- Who pays, by country and platform
SELECT country, platform, count(*) AS players, round(sum(revenue), 2) AS revenue
FROM players
WHERE revenue > 0
GROUP BY ALL
ORDER BY revenue DESC
LIMIT 40`;
const chart = (name) => `[data-chart="${name}"][data-state="ready"]`;
const pages = [
  { name: 'overview', path: '/', ready: [chart('players'), chart('retention'), chart('top-events')] },
  { name: 'live', path: '/live', ready: ['[data-stream="open"]'] },
  { name: 'dashboards', path: '/dashboards', ready: ['t1', 't5', 't8'].map((id) => `[data-tile="${id}"] [data-state="ready"]`) },
  { name: 'retention', path: '/retention', ready: [chart('cohorts'), chart('curves')] },
  { name: 'stickiness', path: '/stickiness', ready: [chart('active'), chart('days-active'), chart('lifecycle')] },
  { name: 'paths', path: '/paths', ready: ['.ribbon'] },
  { name: 'sessions', path: '/sessions', ready: [chart('lengths'), chart('per-player'), chart('hours')] },
  { name: 'revenue', path: '/revenue', ready: [chart('payers'), chart('ltv'), chart('spenders'), chart('products')] },
  { name: 'economy', path: '/economy', ready: [chart('flow'), chart('sinks'), chart('sources')] },
  { name: 'progression', path: '/progression', ready: [chart('levels')] },
  { name: 'geo', path: '/geo', ready: [chart('countries'), '.world path.country'] },
  { name: 'builds', path: '/builds', ready: [chart('adoption'), chart('health'), chart('errors')] },
  {
    name: 'segments',
    path: '/segments?filters=did:level_complete:3:14;did_not:purchase:1:0',
    ready: [chart('by-country'), chart('by-platform')],
  },
  { name: 'players', path: '/players', ready: ['tr[data-player]'] },
  { name: 'player', path: '/players/$id', ready: ['[data-group]', '[data-fact="revenue"]'] },
  { name: 'events', path: '/event-manager?event=purchase', ready: ['[data-property]'] },
  {
    name: 'sql',
    path: `/sql?${new URLSearchParams({ sql: statement })}`,
    ready: ['[data-sql-state="answered"]', '[data-table]'],
  },
  { name: 'pipeline', path: '/pipeline', ready: [chart('counted'), chart('refused'), '[data-reason]'] },
  { name: 'rejected', path: '/rejected', ready: ['.rejected-row'] },
  { name: 'settings', path: '/settings', ready: ['[data-fact="timezone"]'] },
  { name: 'setup', path: '/setup?sender=posthog', ready: ['.code'] },
];

async function shoot(browser, target, { name, path, ready }, theme) {
  const opened = await openPage(browser, { baseUrl: target.url, theme, viewport: { width: 1440, height: 900 } });
  await opened.page.goto(link(target, path));
  for (const selector of ready) await opened.page.waitForSelector(selector);
  await opened.page.waitForTimeout(500);
  await opened.page.screenshot({ path: join(output, `${name}-${theme}.png`) });
  await opened.close();
}

const { stop } = process.env.GM_URL ? { stop: async () => {} } : await startDemo();
const browser = await launchBrowser();
try {
  mkdirSync(output, { recursive: true });
  const target = await openTarget();
  const { players } = await getJson(target, 'players', { limit: '50' });
  const player = players.toSorted((a, b) => b.events - a.events)[0];
  for (const page of pages.filter(({ name }) => wanted?.includes(name) ?? true)) {
    const path = page.path.replace('$id', encodeURIComponent(player.player_id));
    for (const theme of ['light', 'dark']) await shoot(browser, target, { ...page, path }, theme);
    console.log(`${page.name}: light and dark`);
  }
} finally {
  await browser.close();
  await stop();
}
