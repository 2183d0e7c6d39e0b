// The picture of each kind of chart: what is drawn lies where the API's numbers say, in the colours of the theme, and what is not final
// is striped. Geometry and colours are read, not compared with a stored picture: fonts differ between machines. GM_SHOTS keeps the pictures.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { show } from './support/numbers.mjs';
import { isEmpty, isOf, readColumns, shareOf, themeColor } from './support/pixels.mjs';
import { ask, dayBefore, tableRows, useSuite } from './support/suite.mjs';
import { getJson } from './support/target.mjs';

const shots = process.env.GM_SHOTS;
const ready = (chart) => `[data-chart="${chart}"][data-state="ready"]`;
/** The scale of a time chart ends a little above its highest value. */
const air = 1.06;
const near = (value, expected, tolerance, what) =>
  assert.ok(Math.abs(value - expected) <= tolerance, `${what}: ${value}, expected ${expected} ± ${tolerance}`);

describe('pictures', () => {
  const suite = useSuite();
  const range = () => ({ from: dayBefore(suite.today, 13), to: suite.today });
  // What happened on a day is a line through its bar: it has a picture of its own.
  const query = () => new URLSearchParams({ ...range(), marks: 'none' }).toString();

  async function open(path, chart, theme) {
    const opened = await suite.visit(path, { theme, allow: [/ 504 /, /willReadFrequently/] });
    await opened.page.waitForSelector(ready(chart));
    await opened.page.waitForTimeout(400);
    // The cursor would draw a band behind the bar under it.
    await opened.page.mouse.move(0, 0);
    if (shots)
      await opened.page.locator(`[data-chart="${chart}"]`).screenshot({ path: join(shots, `picture-${chart}-${theme}.png`) });
    const done = async () => {
      assert.deepEqual(opened.problems, []);
      await opened.close();
    };
    return { page: opened.page, done };
  }

  const pointsOf = async (name, span = range()) => (await getJson(suite.target, `metrics/${name}`, span)).points;

  for (const theme of ['light', 'dark']) {
    test(`bars, ${theme}: each is as high as its number, stacked in two colours, striped where it is not final`, async () => {
      const [returning, fresh] = [await pointsOf('returning_players'), await pointsOf('new_players')];
      const { page, done } = await open(`/?${query()}`, 'players', theme);
      const { columns, height } = await readColumns(page, 'players', fresh.length);
      const colors = [isOf(await themeColor(page, '--series-1')), isOf(await themeColor(page, '--series-2'))];
      const isGrid = isOf(await themeColor(page, '--grid'), 12);
      const ofSeries = (pixel) => colors.some((isColor) => isColor(pixel));
      const totals = fresh.map((point, index) => point.value + returning[index].value);
      const top = Math.max(...totals) * air;
      for (const [index, column] of columns.entries()) {
        const expected = (totals[index] / top) * height;
        // From the axis up: the bar goes on for as long as there is not a gap of more than the hairline between its parts.
        let drawn = 0;
        for (let up = 1; up <= height; up += 1) {
          if (!isEmpty(column[height - up]) && !isGrid(column[height - up])) drawn = up;
          if (up - drawn > 3) break;
        }
        near(drawn, expected, 3, `bar ${fresh[index].date}`);
        const bar = column.slice(height - Math.floor(expected) + 4, height - 2);
        const full = shareOf(bar, ofSeries);
        if (fresh[index].provisional) assert.ok(full > 0.1 && full < 0.8, `${fresh[index].date} is not striped: ${full}`);
        else assert.ok(full > 0.93, `${fresh[index].date} is not filled: ${full}`);
        if (fresh[index].provisional) continue;
        near(bar.filter(colors[0]).length, (returning[index].value / top) * height, 5, `returning of ${fresh[index].date}`);
      }
      assert.ok(fresh.some(({ provisional }) => provisional), 'no day is provisional: nothing of the stripes was tried');
      await done();
    });

    test(`lines, ${theme}: each passes through its numbers, and the ground of what is not final is striped`, async () => {
      const question = { ...range(), series: [{ event: 'level_complete', measure: 'events' }], interval: 'day' };
      const { rows } = await ask(suite.target, 'trend', question);
      const { page, done } = await open(`/explore?event=level_complete&${query()}`, 'explore', theme);
      // A hair beside each point: at the first and the last one the line has only one side.
      const before = (await readColumns(page, 'explore', rows.length, -0.015)).columns;
      const { columns, height } = await readColumns(page, 'explore', rows.length, 0.015);
      const isLine = isOf(await themeColor(page, '--series-1'), 60);
      const top = Math.max(...rows.map(({ value }) => value)) * air;
      for (const [index, column] of columns.entries()) {
        const found = [column, before[index]].flatMap((side) => side.flatMap((pixel, y) => (isLine(pixel) ? [y] : [])));
        assert.ok(found.length > 0, `no line at ${index}`);
        const expected = height * (1 - rows[index].value / top);
        const distance = Math.min(...found.map((y) => Math.abs(y - expected)));
        assert.ok(distance <= 3, `line ${index} is ${distance} pixels off`);
      }
      const provisional = (await pointsOf('dau')).map((point) => point.provisional);
      const aside = (await readColumns(page, 'explore', rows.length, 0.35)).columns;
      const drawn = aside.map((column) => shareOf(column, (pixel) => !isEmpty(pixel)));
      for (const [index, share] of drawn.entries()) {
        if (provisional[index]) assert.ok(share > 0.5, `the ground of ${index} is not striped: ${share}`);
        else assert.ok(share < 0.2, `the ground of ${index} is striped: ${share}`);
      }
      await done();
    });
  }

  test('a compared period is a dashed line over the bars, through its numbers', async () => {
    const days = 14;
    const before = { from: dayBefore(range().from, days), to: dayBefore(range().from, 1) };
    const [now, old] = [await pointsOf('dau'), await pointsOf('dau', before)];
    const { page, done } = await open(`/?compare=previous&${query()}`, 'players', 'light');
    const isLine = isOf(await themeColor(page, '--chart-line'), 70);
    const top = Math.max(...now.map(({ value }) => value), ...old.map(({ value }) => value)) * air;
    let [hit, looked] = [0, 0];
    for (const offset of [-0.4, -0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.4]) {
      const { columns, height } = await readColumns(page, 'players', days, offset);
      for (const [index, column] of columns.entries()) {
        const other = old[index + Math.sign(offset)];
        if (!other) continue;
        const value = old[index].value + (other.value - old[index].value) * Math.abs(offset);
        const y = Math.round(height * (1 - value / top));
        looked += 1;
        if (column.slice(Math.max(0, y - 3), y + 4).some(isLine)) hit += 1;
      }
    }
    assert.ok(looked > 100, 'too little of the line was looked at');
    assert.ok(hit / looked > 0.4, `the line is not where its numbers are: ${hit} of ${looked}`);
    assert.ok(hit / looked < 0.95, `the line is not dashed: ${hit} of ${looked}`);
    await done();
  });

  for (const theme of ['light', 'dark'])
    test(`retention triangle, ${theme}: a grid, darker where more came back, striped where the day has not ended`, async () => {
      const { page, done } = await open(`/retention?${query()}`, 'cohorts', theme);
      const cells = await page.$$eval('[data-chart="cohorts"] .cell', (all) =>
        all.map((cell) => {
          const rect = cell.querySelector('rect');
          const [x, y, width] = ['x', 'y', 'width'].map((name) => Number(rect.getAttribute(name)));
          const tint = /tint-(\d)/.exec(cell.getAttribute('class'))?.[1];
          return {
            x,
            y,
            width,
            day: Number(cell.dataset.day),
            cohort: cell.parentElement.dataset.cohort,
            complete: cell.dataset.complete === 'true',
            striped: /^url\(/.test(rect.getAttribute('fill') ?? ''),
            fill: getComputedStyle(rect).fill,
            tint: tint === undefined ? null : Number(tint),
            share: Number.parseFloat(cell.querySelector('text').textContent),
          };
        }),
      );
      assert.ok(cells.length > 40, `${cells.length} cells`);
      assert.equal(new Set(cells.map(({ width }) => width)).size, 1);
      for (const key of ['day', 'cohort']) {
        const place = key === 'day' ? 'x' : 'y';
        const places = new Map();
        for (const cell of cells) places.set(cell[key], (places.get(cell[key]) ?? new Set()).add(cell[place]));
        for (const [name, at] of places) assert.equal(at.size, 1, `${key} ${name} is in ${at.size} places`);
        assert.equal(new Set([...places.values()].map((at) => [...at][0])).size, places.size, `two of ${key} lie on each other`);
      }
      for (const cell of cells) assert.equal(cell.striped, !cell.complete, `${cell.cohort}/${cell.day}`);
      assert.ok(cells.some(({ complete }) => !complete), 'no cell is open');
      const tinted = cells.filter(({ tint }) => tint !== null).toSorted((a, b) => a.share - b.share);
      for (const [index, cell] of tinted.entries())
        if (index > 0) assert.ok(cell.tint >= tinted[index - 1].tint, `${cell.share} % is lighter than ${tinted[index - 1].share} %`);
      const fills = new Map(tinted.map(({ tint, fill }) => [tint, fill]));
      assert.equal(new Set(fills.values()).size, fills.size, 'two tints look alike');
      assert.ok(fills.size > 2, `only ${fills.size} tints`);
      await done();
    });

  test('funnel: each bar is as long as its share', async () => {
    const steps = ['level_start', 'level_complete', 'store_open'];
    const answer = await ask(suite.target, 'funnel', { ...range(), steps: steps.map((event) => ({ event })) });
    const { page, done } = await open(`/funnels?steps=${steps.join(',')}&${query()}`, 'funnel', 'light');
    const bars = await page.$$eval('[data-chart="funnel"] .funnel-bar', (all) =>
      all.map((bar) => bar.querySelector('.bar-fill').getBoundingClientRect().width / bar.getBoundingClientRect().width),
    );
    assert.equal(bars.length, steps.length);
    answer.rows.forEach((row, index) => near(bars[index], row.share, 0.005, `step ${index + 1}`));
    await done();
  });

  test('cohort curves: the average lies at its values, cohorts that can still grow end dashed', async () => {
    const { page, done } = await open(`/retention?${query()}&tables=`, 'curves', 'light');
    const { average, grid, open: dashed } = await page.evaluate(() => {
      const chart = document.querySelector('[data-chart="curves"] .line-chart');
      const points = (d) => [...d.matchAll(/[ML]([\d.]+),([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
      return {
        average: points(chart.querySelector('.average-line').getAttribute('d')),
        grid: [...chart.querySelectorAll('.grid-line')].map((line) => [
          Number(line.getAttribute('y1')),
          Number.parseFloat(line.parentElement.querySelector('text').textContent),
        ]),
        open: [...chart.querySelectorAll('.cohort-line .is-open')].map((path) => getComputedStyle(path).strokeDasharray),
      };
    });
    const [[zero], [step, percent]] = grid;
    const shareAt = (y) => ((zero - y) / (zero - step)) * percent;
    await page.getByRole('button', { name: /as a table/ }).last().click();
    const shown = await page.$$eval('[data-chart="curves"] tbody tr', (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
    const means = shown.find(([name]) => name === 'Average').filter((text) => text.endsWith('%'));
    // Day 0 is everybody: it is in the table, and would flatten the curves.
    assert.equal(average.length, means.length - 1);
    average.forEach(([, y], index) => near(shareAt(y), Number.parseFloat(means[index + 1]), 0.6, `point ${index + 1}`));
    assert.ok(dashed.length > 0 && dashed.every((dashes) => dashes !== 'none'), `open ends: ${dashed.join(' ')}`);
    await done();
  });

  test('paths: boxes are as high as their numbers, ribbons as thick as theirs, and nothing leaves the picture', async () => {
    const question = { ...range(), begin: 'session_start', depth: 3, per: 'session', events_max: 8 };
    const { rows } = await ask(suite.target, 'paths', question);
    const { page, done } = await open(`/paths?begin=session_start&depth=3&${query()}`, 'paths', 'light');
    const boxes = await page.$$eval('.flow-node', (nodes) =>
      nodes.map((node) => [
        Number(node.querySelector('rect').getAttribute('height')),
        Number(node.querySelector('tspan').textContent.replaceAll(',', '')),
      ]),
    );
    const [tallest, most] = boxes.toSorted((a, b) => b[0] - a[0])[0];
    for (const [height, units] of boxes) near(height, Math.max(2, (units / most) * tallest), 1, `box of ${units}`);
    const ribbons = await page.$$eval('.ribbon', (all) =>
      all.map((ribbon) => {
        const frame = ribbon.closest('svg').getBoundingClientRect();
        const box = ribbon.getBoundingClientRect();
        return { inside: box.left >= frame.left - 1 && box.right <= frame.right + 1 && box.bottom <= frame.bottom + 1, height: box.height };
      }),
    );
    assert.equal(ribbons.length, rows.length);
    assert.ok(ribbons.every(({ inside }) => inside), 'a ribbon leaves the picture');
    // A ribbon that bends is higher than it is thick, never less.
    const thickest = (Math.max(...rows.map(({ units }) => units)) / most) * tallest;
    assert.ok(Math.max(...ribbons.map(({ height }) => height)) >= thickest - 1);
    await done();
  });

  for (const theme of ['light', 'dark'])
    test(`map, ${theme}: the more, the darker; nobody, no tint`, async () => {
      const { page, done } = await open(`/geo?${query()}`, 'countries', theme);
      const totals = (
        await ask(suite.target, 'trend', { ...range(), series: [{ measure: 'players' }], breakdown: ['country'], top: 100, interval: 'month' })
      ).totals;
      const countries = new Map(
        await page.$$eval('[data-chart="countries"] .country', (all) =>
          all.map((path) => [
            path.dataset.country,
            { tint: Number(/tint-(\d)/.exec(path.getAttribute('class'))?.[1] ?? 0), fill: getComputedStyle(path).fill },
          ]),
        ),
      );
      assert.ok(countries.size > 150, `${countries.size} countries are drawn`);
      const drawn = totals
        .filter(({ country, value }) => countries.has(country) && value > 0)
        .toSorted((a, b) => a.value - b.value)
        .map(({ country, value }) => ({ country, value, ...countries.get(country) }));
      assert.ok(drawn.length > 5);
      drawn.forEach((one, index) => {
        assert.ok(one.tint > 0, `${one.country} has players and no tint`);
        if (index > 0) assert.ok(one.tint >= drawn[index - 1].tint, `${one.country} is lighter than a country with fewer players`);
      });
      assert.equal([...countries.values()].filter(({ tint }) => tint > 0).length, drawn.length);
      assert.equal(new Set(drawn.map(({ tint, fill }) => `${tint} ${fill}`)).size, new Set(drawn.map(({ tint }) => tint)).size);
      await done();
    });

  test('releases: a flag at the day on which a build was first played, told in words, and hidden by the address', async () => {
    const span = { from: dayBefore(suite.today, 29), to: suite.today };
    const question = { ...span, from: dayBefore(span.from, 14), series: [{ measure: 'players' }], breakdown: ['build'], top: 20, interval: 'day' };
    const { rows } = await ask(suite.target, 'trend', question);
    const builds = new Map();
    for (const { build, other, date, value } of rows) {
      if (!build || other || !value) continue;
      const known = builds.get(build) ?? { first: date, most: 0 };
      builds.set(build, { first: known.first < date ? known.first : date, most: Math.max(known.most, value) });
    }
    const most = Math.max(...[...builds.values()].map((one) => one.most));
    const released = [...builds].filter(([, one]) => one.first >= span.from && one.most >= most / 100);
    assert.ok(released.length > 0, 'the demo game releases nothing in a month');
    const { page, done } = await open(`/?${new URLSearchParams(span)}`, 'players', 'light');
    const note = page.locator('[data-chart="players"] [data-marks]');
    await note.waitFor();
    assert.equal(Number(await note.getAttribute('data-marks')), released.length);
    const { columns } = await readColumns(page, 'players', 30);
    const isFlag = isOf(await themeColor(page, '--text-muted'), 60);
    const flagged = columns.flatMap((column, index) => (column.slice(0, 5).some(isFlag) ? [dayBefore(suite.today, 29 - index)] : []));
    assert.deepEqual(flagged, [...new Set(released.map(([, { first }]) => first))].toSorted());
    for (const [build] of released.slice(0, 6)) assert.ok((await note.innerText()).includes(`Build ${build}`), build);
    await page.goto(`${page.url()}&marks=none`);
    await page.waitForSelector(ready('players'));
    assert.equal(await note.count(), 0);
    await done();
  });

  test('the table of a chart has its numbers and says what is not final', async () => {
    const [dau, fresh] = [await pointsOf('dau'), await pointsOf('new_players')];
    const { page, done } = await open(`/?tables=players&${query()}`, 'players', 'light');
    const rows = await tableRows(page, 'players');
    assert.deepEqual(
      rows.map((cells) => [cells[1], cells[2], cells.at(-1)]),
      dau.map((point, index) => [show.count(point.value), show.count(fresh[index].value), point.provisional ? 'not yet' : 'yes']).toReversed(),
    );
    await done();
  });
});
