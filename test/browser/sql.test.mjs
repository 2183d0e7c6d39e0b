// The SQL page against the real server: its rows are the API's, errors lead to their place, and a keyboard is enough.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { testLooks, useSuite } from './support/suite.mjs';

const statement = `SELECT country, count(*) AS events, count(DISTINCT player_id) AS players
FROM events
GROUP BY country
ORDER BY events DESC, country`;

describe('SQL', () => {
  const suite = useSuite();
  const address = (sql) => `/sql?${new URLSearchParams({ sql })}`;
  const askSql = async (sql) => {
    const response = await fetch(`${suite.target.url}/api/v1/sql`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${suite.target.projectKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ sql }),
    });
    assert.equal(response.status, 200, await response.clone().text());
    return response.json();
  };
  const shown = (page) =>
    page.$$eval('.sql-table tbody tr', (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
  const answered = (page) => page.waitForSelector('[data-sql-state="answered"]');
  const text = (value) => (value === null ? 'null' : String(value));

  testLooks(suite, { name: 'sql', path: address(statement), ready: '[data-sql-state="answered"]' });

  test('a link shows the rows of the API, and the history leads back to it', async () => {
    const { page, problems, close } = await suite.visit(address(statement));
    await answered(page);
    const { rows } = await askSql(statement);
    assert.ok(rows.length > 1);
    assert.deepEqual(
      await shown(page),
      rows.map((row) => row.map(text)),
    );
    assert.equal(await page.locator('[data-rows]').getAttribute('data-rows'), String(rows.length));
    await page.getByLabel('SQL statement').fill('SELECT 1');
    await page.getByRole('button', { name: /^SELECT country, count/ }).click();
    assert.equal(await page.getByLabel('SQL statement').inputValue(), statement);
    assert.deepEqual(problems, []);
    await close();
  });

  test('files of the server hold the rows in three forms, also of an answer too long for a page', async () => {
    const { page, problems, close } = await suite.visit(address(statement), { allow: [/ 422 /] });
    await answered(page);
    const { rows, columns } = await askSql(statement);
    const file = async (form) => {
      const button = page.getByRole('button', { name: `Download the answer as ${form}` });
      await button.focus();
      const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
      await button.waitFor();
      return readFileSync(await download.path());
    };
    const linesOf = async () => (await file('CSV')).toString().replace('\uFEFF', '').trimEnd().split('\r\n');
    const lines = await linesOf();
    assert.equal(lines[0], columns.map(({ name }) => name).join(','));
    assert.deepEqual(
      lines.slice(1),
      rows.map((row) => row.map((cell) => cell ?? '').join(',')),
    );
    const objects = (await file('NDJSON')).toString().trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(objects.map((one) => columns.map(({ name }) => one[name])), rows);
    const parquet = await file('Parquet');
    assert.deepEqual([parquet.subarray(0, 4).toString(), parquet.subarray(-4).toString()], ['PAR1', 'PAR1']);
    await page.getByLabel('SQL statement').fill('SELECT range AS n FROM range(120000)');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.waitForSelector('[data-sql-state="failed"]');
    assert.equal((await linesOf()).length, 120_001);
    assert.deepEqual(problems, []);
    await close();
  });

  test('by keyboard alone: write, indent, run, mend what the server names, undo', async () => {
    const { page, close } = await suite.visit('/sql', { allow: [/ 400 /] });
    const field = page.getByLabel('SQL statement');
    await field.focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('SELECT date,\n');
    await page.keyboard.press('Tab');
    await page.keyboard.type('nonsense\n');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('FROM days ORDER BY date');
    assert.equal(await field.inputValue(), 'SELECT date,\n  nonsense\nFROM days ORDER BY date');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: 'Go to line 2, column 3' }).focus();
    await page.keyboard.press('Enter');
    for (let letter = 0; letter < 'nonsense'.length; letter += 1) await page.keyboard.press('Delete');
    await page.keyboard.type('players');
    await page.keyboard.press('Control+Enter');
    await answered(page);
    const { rows } = await askSql('SELECT date, players FROM days ORDER BY date');
    assert.deepEqual(
      await shown(page),
      rows.slice(0, 100).map((row) => row.map(text)),
    );
    assert.equal(new URL(page.url()).searchParams.get('sql'), 'SELECT date,\n  players\nFROM days ORDER BY date');
    await field.focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Control+Z');
    assert.equal(await field.inputValue(), 'SELECT date,\n  players\nFROM days ORDER BY date');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Run');
    await page.goBack();
    await page.getByRole('button', { name: 'Go to line 2, column 3' }).waitFor();
    await close();
  });

  test('the tables are those of the server, and a column goes to the caret', async () => {
    const { page, problems, close } = await suite.visit('/sql');
    const response = await fetch(`${suite.target.url}/api/v1/sql/tables`, {
      headers: { Authorization: `Bearer ${suite.target.projectKey}` },
    });
    const { tables } = await response.json();
    await page.waitForSelector('[data-table]');
    assert.deepEqual(
      await page.$$eval('[data-table]', (found) => found.map((table) => table.dataset.table)),
      tables.map(({ name }) => name),
    );
    await page.getByLabel('SQL statement').fill('SELECT ');
    await page.locator('[data-table="days"] summary').click();
    await page.getByRole('button', { name: 'Insert late_events' }).click();
    assert.equal(await page.getByLabel('SQL statement').inputValue(), 'SELECT late_events');
    assert.deepEqual(problems, []);
    await close();
  });

  test('Cancel ends the request of a statement that takes long', async () => {
    const { page, close } = await suite.visit('/sql', { allow: [/ERR_/] });
    const failed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/api/v1/sql'));
    await page.route('**/api/v1/sql', () => new Promise(() => undefined));
    await page.getByLabel('SQL statement').fill('SELECT 1');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForSelector('[data-sql-state="stopped"]');
    await failed;
    await close();
  });
});
