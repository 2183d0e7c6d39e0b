// How the game is played: sessions, economy, progression and paths, against the real server.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { show } from './support/numbers.mjs';
import { ask, dayBefore, drilledTotal, tableRows, testLooks, useSuite } from './support/suite.mjs';

describe('sessions, economy, progression and paths', () => {
  const suite = useSuite();
  const range = () => ({ from: dayBefore(suite.today, 20), to: dayBefore(suite.today, 8) });
  const visit = (path, rest = '') => suite.visit(`${path}?from=${range().from}&to=${range().to}${rest}`);
  const ready = (page, chart) => page.waitForSelector(`[data-chart="${chart}"][data-state="ready"]`);

  const looks = { sessions: 'hours', economy: 'sources', progression: 'levels', paths: 'paths' };
  for (const [name, chart] of Object.entries(looks)) {
    testLooks(suite, { name, path: `/${name}`, ready: `[data-chart="${chart}"][data-state="ready"]` });
  }

  /** Opens the first buttons of a chart; each has to list as many players as it says. */
  const checkDrill = async (page, chart, selector, howMany) => {
    const buttons = await page.locator(`[data-chart="${chart}"] ${selector}`).all();
    assert.ok(buttons.length > 0, `${chart} leads to no player`);
    for (const button of buttons.slice(0, howMany)) {
      const shown = Number((await button.innerText()).split(/[\s,]*,[^\d]/)[0].replaceAll(',', ''));
      await button.click();
      assert.equal(await drilledTotal(page), shown, chart);
    }
  };

  test('sessions: figures and distributions are those of the API and lead to their players', async () => {
    const { page, problems, close } = await visit('/sessions');
    const figures = { sessions: show.count, session_minutes_median: show.minutes, sessions_per_player: show.minutes };
    for (const [name, format] of Object.entries(figures)) {
      const answer = await ask(suite.target, 'metrics', { ...range(), metrics: [name], interval: 'day' });
      const shown = format(answer.totals[0].value);
      await page.locator(`[data-kpi="${name}"] [data-value]`).filter({ hasText: shown }).waitFor();
    }
    await ready(page, 'lengths');
    const field = 'property.seconds';
    const limits = [
      { field, is: 'greater_or_equal', value: 60 },
      { field, is: 'less', value: 180 },
    ];
    const oneToThree = (measure) => ({ event: 'session_end', measure, where: { all: limits } });
    const answer = await ask(suite.target, 'trend', {
      ...range(),
      series: [oneToThree('events'), oneToThree('players')],
    });
    const column = page.locator('[data-chart="lengths"] [data-column="1–3 min"]');
    assert.equal(await column.locator('[data-value]').innerText(), show.count(answer.totals[0].value));
    await column.locator('button').click();
    assert.equal(await drilledTotal(page), answer.totals[1].value);
    await ready(page, 'per-player');
    await page.getByRole('button', { name: 'Show Sessions of a player so far as a table' }).click();
    await checkDrill(page, 'per-player', '.number-button', 2);
    assert.deepEqual(problems, []);
    await close();
  });

  test('a filter of the address reaches every card of a page', async () => {
    const asked = [];
    for (const name of Object.keys(looks)) {
      const { page, problems, close } = await suite.visit('/live');
      page.on('request', (request) => {
        if (request.url().includes('/api/v1/query/')) asked.push([name, request.postDataJSON()]);
      });
      const { from, to } = range();
      await page.goto(`${suite.target.url}/${name}?from=${from}&to=${to}&filters=platform:equals:ios`);
      await ready(page, looks[name]);
      await page.locator('.chip', { hasText: 'platform is ios' }).waitFor();
      assert.deepEqual(problems, []);
      await close();
    }
    assert.ok(asked.length >= Object.keys(looks).length);
    const wanted = JSON.stringify({ all: [{ field: 'platform', is: 'equals', value: 'ios' }] });
    // The flags of builds are the whole game's.
    const forFlags = ({ filter, breakdown }) => filter === undefined && JSON.stringify(breakdown) === '["build"]';
    assert.deepEqual(
      asked.filter(([, question]) => !forFlags(question) && JSON.stringify(question.filter) !== wanted),
      [],
    );
  });

  test('sessions: the hours of the week add up to the sessions of the range', async () => {
    const hours = await ask(suite.target, 'trend', { ...range(), interval: 'hour', series: [{ measure: 'sessions' }] });
    const { page, problems, close } = await visit('/sessions', '&tables=hours');
    await page.waitForSelector('[data-chart="hours"] table');
    const mondays = hours.rows.filter(
      (row) => new Date(row.time).getUTCDay() === 1 && new Date(row.time).getUTCHours() === 12,
    );
    assert.equal(suite.project.timezone, 'UTC', 'the demo game keeps UTC');
    const mean = mondays.reduce((sum, row) => sum + row.value, 0) / mondays.length;
    assert.equal((await tableRows(page, 'hours'))[12][1], show.count(mean));
    assert.deepEqual(problems, []);
    await close();
  });

  test('economy: amounts by currency, item and reason are those of the API', async () => {
    const { page, problems, close } = await visit('/economy', '&tables=flow');
    const metrics = ['economy_source', 'economy_sink'];
    const answer = await ask(suite.target, 'metrics', { ...range(), metrics, breakdown: ['property.currency'] });
    await page.waitForSelector('[data-kpi="ratio"]');
    const total = (metric) => answer.totals.find((row) => row.metric === metric).value;
    const figure = (name) => page.locator(`[data-kpi="${name}"] [data-value]`).innerText();
    assert.equal(await figure('source'), show.count(total('economy_source')));
    assert.equal(await figure('sink'), show.count(total('economy_sink')));
    assert.equal(await figure('net'), show.count(total('economy_source') - total('economy_sink')));
    assert.equal(await figure('ratio'), show.share(total('economy_sink') / total('economy_source')));
    const won = answer.rows.filter((row) => row.metric === 'economy_source').map((row) => show.count(row.value));
    assert.deepEqual(
      (await tableRows(page, 'flow')).map((row) => row[1]),
      won.toReversed(),
    );
    for (const chart of ['sinks', 'sources']) {
      await ready(page, chart);
      await checkDrill(page, chart, '.number-button', 2);
    }
    assert.deepEqual(problems, []);
    await close();
  });

  test('progression: levels and walls are those of the API and lead to those who stopped there', async () => {
    const { page, problems, close } = await visit('/progression');
    const answer = await ask(suite.target, 'progression', range());
    await ready(page, 'levels');
    const walls = answer.rows.filter((row) => row.wall);
    assert.ok(walls.length > 0, 'the demo game has walls');
    await page.waitForSelector('[data-wall]');
    assert.deepEqual(
      await page.$$eval('[data-wall]', (marks) => marks.map((mark) => mark.dataset.wall)),
      walls.map((row) => row.level),
    );
    const worst = walls.toSorted((a, b) => b.dropped - a.dropped)[0];
    const wall = page.locator(`[data-wall-level="${worst.level}"]`);
    assert.match(await wall.innerText(), new RegExp(`of ${show.count(worst.players)} players went no further`));
    await wall.locator('.number-button').click();
    assert.equal(await drilledTotal(page), worst.dropped);
    await page.locator('[data-chart="levels"] .time-chart').focus();
    await page.keyboard.press('Home');
    await page.locator('.chart-tip', { hasText: `Level ${answer.rows[0].level}` }).waitFor();
    await page.getByRole('button', { name: 'Show Levels as a table' }).click();
    const rows = await tableRows(page, 'levels');
    assert.deepEqual(
      rows.map((row) => [row[0], row[1], row[3], row[5]]),
      answer.rows.map((row) => [row.level, show.count(row.players), show.count(row.dropped), show.count(row.starts)]),
    );
    await checkDrill(page, 'levels', '.number-button', 2);
    assert.deepEqual(problems, []);
    await close();
  });

  test('paths: ribbons are the rows of the API, and one leads to its players by keyboard', async () => {
    const { page, problems, close } = await visit('/paths', '&begin=session_start&depth=3');
    const question = { ...range(), begin: 'session_start', depth: 3, per: 'session', events_max: 8 };
    const answer = await ask(suite.target, 'paths', question);
    await page.waitForSelector('.ribbon');
    assert.equal(await page.locator('.ribbon').count(), answer.rows.length);
    const first = answer.rows[0];
    const ribbon = page.getByRole('button', {
      name: `${first.source} to ${first.target}: ${show.count(first.units)} sessions, ${show.count(first.players)} players`,
    });
    await ribbon.first().focus();
    await page.keyboard.press('Enter');
    assert.equal(await drilledTotal(page), first.players);
    await page.getByLabel('Steps').selectOption('2');
    await page.waitForURL(/depth=2/);
    await page.getByRole('button', { name: 'Show What comes after what as a table' }).click();
    await page.waitForSelector('[data-chart="paths"] table');
    await checkDrill(page, 'paths', '.number-button', 3);
    assert.deepEqual(problems, []);
    await close();
  });

  test('a drawing is saved as PNG, of its own size and with more than one colour in it', async () => {
    const { page, problems, close } = await suite.visit('/sessions');
    await page.waitForSelector('[data-chart="hours"][data-state="ready"]');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('[data-chart="hours"]').getByRole('button', { name: /as a picture$/ }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'hours.png');
    const bytes = [...readFileSync(await download.path())];
    const { width, colors } = await page.evaluate(async (data) => {
      const image = await createImageBitmap(new Blob([new Uint8Array(data)], { type: 'image/png' }));
      const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
      pen.drawImage(image, 0, 0);
      const pixels = new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer);
      return { width: image.width, colors: new Set(pixels).size };
    }, bytes);
    assert.ok(width > 600, `${width} wide`);
    assert.ok(colors > 5, `${colors} colours`);
    assert.deepEqual(problems, []);
    await close();
  });
});
