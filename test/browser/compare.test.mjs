// A range beside another one, against the real server: both numbers equal the API's for their range and lead to as many players.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { show } from './support/numbers.mjs';
import { ask, dayBefore, drilledTotal, seenText, tableRows, testLooks, useSuite } from './support/suite.mjs';

const names = new Intl.DisplayNames('en-US', { type: 'region' });
const steps = ['session_start', 'level_complete', 'store_open'];
const did = { did: 'level_complete', at_least: 2, days: 10 };
const where = (currency) => ({ field: 'property.currency', is: 'equals', value: currency });

/** Each page: what it is asked in the address, what the API is asked, and its numbers by name, with the share beside some. */
const pages = [
  {
    path: '/geo?',
    kind: 'trend',
    question: { series: [{ measure: 'players' }], breakdown: ['country'], top: 100 },
    numbers: ({ totals }) => totals.map(({ country, value }) => [names.of(country), value]),
  },
  {
    path: '/economy?currency=gems',
    kind: 'trend',
    question: {
      series: ['economy_source', 'economy_sink'].map((event) => ({ event, where: where('gems'), measure: 'players' })),
    },
    numbers: ({ totals }) => [
      ['Players who won', totals[0].value],
      ['Players who spent', totals[1].value],
    ],
  },
  {
    path: '/paths?begin=session_start&depth=2',
    kind: 'paths',
    question: { begin: 'session_start', depth: 2, per: 'session', events_max: 8 },
    numbers: ({ rows }) =>
      rows
        .filter((row) => !row.source_other && !row.target_other)
        .map((row) => [`${row.step}. ${row.source ?? 'start'} → ${row.target ?? 'end of path'}`, row.players]),
  },
  {
    path: '/progression?',
    kind: 'progression',
    question: { players_min: 30 },
    numbers: ({ rows }) => rows.map((row) => [`Level ${row.level}`, row.dropped, row.drop_off]),
  },
  {
    path: `/funnels?steps=${steps.join(',')}`,
    kind: 'funnel',
    question: { steps },
    numbers: ({ rows }) => rows.map((row) => [`${row.step}. ${row.event}`, row.players, row.share]),
  },
  {
    path: '/segments?filters=did:level_complete:2:10',
    kind: 'segment',
    question: { filter: { all: [did] } },
    numbers: ({ rows }) => [['Players of the segment', rows[0].players]],
  },
  {
    path: '/retention?',
    kind: 'retention',
    question: { days: [1, 7] },
    numbers: ({ average }) => average.map((row) => [`Day ${row.day}`, row.players, row.share]),
  },
];

describe('compared ranges', () => {
  const suite = useSuite();
  const range = () => ({ from: dayBefore(suite.today, 20), to: dayBefore(suite.today, 9) });
  const earlier = () => ({ from: dayBefore(suite.today, 32), to: dayBefore(suite.today, 21) });
  const visit = (path, rest) => suite.visit(`${path}&from=${range().from}&to=${range().to}${rest}`);
  const ready = '[data-chart="compared"][data-state="ready"]';
  const text = ([, value, share]) => `${show.count(value)}${share === undefined ? '' : ` ${show.share(share)}`}`;

  testLooks(suite, { name: 'compared', path: '/geo?compare=previous', ready });
  testLooks(suite, { name: 'compared-table', path: '/progression?compare=previous&tables=compared', ready: `${ready} table` });

  for (const { path, kind, question, numbers } of pages) {
    const name = path.slice(1).split('?')[0];
    test(`${name}: the numbers of both ranges are the API’s, and both lead to their players`, async () => {
      const [now, before] = await Promise.all(
        [range(), earlier()].map((days) => ask(suite.target, kind, { ...question, ...days })),
      );
      const then = new Map(numbers(before).map((row) => [row[0], row]));
      const expected = numbers(now).filter(([key]) => then.has(key));
      assert.ok(expected.length > 0, 'the two ranges have something in common');
      const { page, problems, close } = await visit(path, '&compare=previous&tables=compared');
      await page.waitForSelector(`${ready} table`);
      const rows = new Map((await tableRows(page, 'compared')).map((row) => [row[0], row]));
      for (const row of expected) {
        assert.deepEqual(rows.get(row[0])?.slice(1, 3), [text(row), text(then.get(row[0]))], row[0]);
      }
      const wanted = expected.find(([key, value]) => value > 0 && then.get(key)[1] > 0 && value !== then.get(key)[1]);
      const shown = page.locator('[data-chart="compared"] tbody tr', { has: page.getByText(wanted[0], { exact: true }) });
      for (const [index, value] of [wanted[1], then.get(wanted[0])[1]].entries()) {
        const number = shown.locator('.number-button').nth(index);
        assert.equal(await seenText(number), show.count(value));
        await number.click();
        assert.equal(await drilledTotal(page), value, `${wanted[0]}, ${index === 0 ? 'shown' : 'compared'}`);
      }
      assert.deepEqual(problems, []);
      await close();
    });
  }

  test('the change is told in points for shares and in relation for numbers, and not for a range that still runs', async () => {
    const question = { series: [{ measure: 'players' }], breakdown: ['country'], top: 100 };
    const [now, before] = await Promise.all(
      [range(), earlier()].map((days) => ask(suite.target, 'trend', { ...question, ...days })),
    );
    const most = now.totals.toSorted((a, b) => b.value - a.value)[0];
    const change = most.value / before.totals.find(({ country }) => country === most.country).value - 1;
    const { page, problems, close } = await visit('/geo?', '&compare=previous');
    const row = page.locator(`${ready} [data-row="${names.of(most.country)}"]`);
    await row.waitFor();
    assert.match(await seenText(row.locator('.change')), new RegExp(`${show.share(Math.abs(change)).replace('.', '\\.')}$`));
    await page.keyboard.press('m');
    await page.waitForURL((url) => !url.searchParams.has('from'));
    await page.keyboard.press('w');
    await page.waitForURL((url) => url.searchParams.get('range') === '7d');
    await page.locator(ready, { hasText: 'The range has not ended' }).waitFor();
    await page.locator(`${ready} .change`, { hasText: '–' }).first().waitFor();
    assert.deepEqual(problems, []);
    await close();
  });

  test('last year is asked by the same weekdays; a game that is younger is told no change', async () => {
    const asked = [];
    const { page, problems, close } = await suite.visit('/live');
    page.on('request', (request) => {
      if (request.url().includes('/api/v1/query/retention')) asked.push(request.postDataJSON().from);
    });
    await page.goto(`${suite.target.url}/retention?from=${range().from}&to=${range().to}`);
    await page.getByLabel('Compare with').selectOption('Same weekdays last year');
    await page.waitForURL(/compare=same_weekdays_last_year/);
    await page.locator(ready, { hasText: 'no events yet for a part of the compared range' }).waitFor();
    assert.deepEqual([...new Set(asked)], [range().from, dayBefore(range().from, 364)]);
    await page.getByRole('heading', { name: 'Retention', exact: true }).click();
    await page.keyboard.press('x');
    await page.locator('[data-chart="compared"]').waitFor({ state: 'detached' });
    assert.deepEqual(problems, []);
    await close();
  });
});
