// What is kept on the server for everybody: notes on charts, segments with a name, published boards.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seriousViolations } from './support/accessibility.mjs';
import { becomes, dayBefore, until, useSuite } from './support/suite.mjs';
import { getJson } from './support/target.mjs';

describe('kept', () => {
  const suite = useSuite();
  const kept = async (kind) => (await getJson(suite.target, `kept/${kind}`)).items;

  test('a note is written down, is on the chart of somebody else, and is removed for everybody', async () => {
    const day = dayBefore(suite.today, 3);
    const { page, problems, close } = await suite.visit('/');
    await page.waitForSelector('[data-chart="players"][data-state="ready"]');
    await page.getByRole('button', { name: 'Notes' }).click();
    await page.getByLabel('Day', { exact: true }).fill(day);
    await page.getByLabel('What happened', { exact: true }).fill('Autumn sale');
    await page.keyboard.press('Enter');
    await page.locator(`[data-note="${day}"]`, { hasText: 'Autumn sale' }).waitFor();
    assert.deepEqual((await kept('note')).map(({ body }) => body), [{ date: day, text: 'Autumn sale' }]);

    const other = await suite.visit('/explore?event=level_complete');
    await other.page.locator('[data-chart="explore"] [data-marks]', { hasText: 'Autumn sale' }).waitFor();
    await other.page.locator('[data-chart="explore"] .time-chart').focus();
    for (let left = 0; left < 4; left += 1) await other.page.keyboard.press('ArrowLeft');
    assert.match(await other.page.locator('.chart-tip').innerText(), /Autumn sale/);
    await other.close();

    const row = page.locator(`[data-note="${day}"]`);
    await row.getByRole('button', { name: /^Remove/ }).click();
    await row.getByRole('group').getByRole('button', { name: 'Remove', exact: true }).click();
    await row.waitFor({ state: 'detached' });
    assert.deepEqual(await kept('note'), []);
    assert.deepEqual(problems, []);
    await close();
  });

  test('a segment is saved under a name, opened by somebody else, and removed', async () => {
    const filters = 'did:level_complete:3:14';
    const { page, problems, close } = await suite.visit(`/segments?filters=${filters}`);
    await page.getByLabel('Save this segment as').fill('Busy players');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('[data-segment="Busy players"]').waitFor();
    assert.deepEqual((await kept('segment')).map(({ body }) => body), [{ name: 'Busy players', filters }]);
    assert.deepEqual(await seriousViolations(page), []);

    const other = await suite.visit('/segments');
    await other.page.getByRole('link', { name: 'Busy players' }).click();
    await other.page.waitForURL(/filters=did/);
    await other.page.locator('[data-kpi="segment"]').waitFor();
    const saved = other.page.locator('[data-segment="Busy players"]');
    await saved.getByRole('button', { name: /^Remove/ }).click();
    await saved.getByRole('group').getByRole('button', { name: 'Remove', exact: true }).click();
    await saved.waitFor({ state: 'detached' });
    assert.deepEqual(await kept('segment'), []);
    assert.deepEqual([...problems, ...other.problems], []);
    await other.close();
    await close();
  });

  test('a board is published, changed for everybody, and removed', async () => {
    const { page, problems, close } = await suite.visit('/dashboards');
    await page.waitForSelector('[data-tile="t1"] [data-state="ready"]');
    await page.getByRole('button', { name: 'Keep it on the server, for everybody' }).click();
    await page.getByText('This dashboard is kept on the server').waitFor();
    const other = await suite.visit('/dashboards');
    await other.page.getByText('This dashboard is kept on the server').waitFor();
    await other.page.keyboard.press('e');
    await other.page.getByLabel('Name', { exact: true }).fill('Our morning');
    await other.page.keyboard.press('Enter');
    await until(async () => (await kept('board')).some(({ body }) => body.name === 'Our morning'));
    await page.reload();
    await becomes(() => page.locator('h1').innerText(), 'Our morning');
    await other.page.getByRole('button', { name: 'Remove this dashboard' }).click();
    await until(async () => (await kept('board')).length === 0);
    assert.deepEqual([...problems, ...other.problems], []);
    await other.close();
    await close();
  });
});
