// Lighthouse's accessibility score of every page of the navigation, in the system's Chromium. Its other categories measure the machine.
//
//   npm run accessibility       GOAL (default 0.95)
import { readFileSync } from 'node:fs';
import lighthouse from 'lighthouse';
import { launchBrowser } from '../../test/browser/support/browser.mjs';
import { getJson, link } from '../../test/browser/support/target.mjs';
import { measured, verdict } from './target.mjs';

const goal = Number(process.env.GOAL ?? 0.95);
const source = readFileSync(new URL('../../web/dashboard/src/pages/pages.tsx', import.meta.url), 'utf8');
const paths = [...source.matchAll(/path: '([^']+)'/g)].map((match) => match[1]);
if (paths.length < 20) throw new Error(`pages.tsx has ${paths.length} paths: it is not read rightly any more`);

async function score(url, port) {
  const { lhr } = await lighthouse(url, {
    port,
    onlyCategories: ['accessibility'],
    formFactor: 'desktop',
    screenEmulation: { disabled: true },
    throttlingMethod: 'provided',
    maxWaitForLoad: 20_000,
    logLevel: 'error',
  });
  if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
  const failed = Object.values(lhr.audits).filter((audit) => audit.score !== null && audit.score < 1);
  return { score: lhr.categories.accessibility.score, failed };
}

await measured(async (target) => {
  const { players } = await getJson(target, 'players', { limit: '1' });
  const port = 9222 + (process.pid % 1000);
  const browser = await launchBrowser([`--remote-debugging-port=${port}`]);
  let all = true;
  try {
    for (const path of paths) {
      const url = link(target, path.replace('$id', encodeURIComponent(players[0].player_id)));
      const { score: given, failed } = await score(url, port);
      all = verdict(path, given, given >= goal, `>= ${goal}`) && all;
      for (const { id, title } of failed) console.log(`         ${id}: ${title}`);
    }
  } finally {
    await browser.close();
  }
  return all;
});
