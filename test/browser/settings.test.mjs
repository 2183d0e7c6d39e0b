// What the project is, as the API says it, and no form that could not be sent.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { show } from './support/numbers.mjs';
import { testLooks, useSuite } from './support/suite.mjs';
import { getJson } from './support/target.mjs';

describe('settings', () => {
  const suite = useSuite();

  testLooks(suite, { name: 'settings', path: '/settings', ready: '[data-fact="timezone"]' });

  test('the facts are those of the API, no key is shown as a whole, and nothing pretends to be changeable', async () => {
    const { page, problems, close } = await suite.visit('/settings');
    const fact = (name) => page.locator(`[data-fact="${name}"]`).innerText();
    await page.waitForSelector('[data-fact="timezone"]');
    const project = await getJson(suite.target, 'project');
    assert.deepEqual(
      [await fact('name'), await fact('project'), await fact('timezone'), await fact('currency'), await fact('events')],
      [project.name, String(project.project), project.timezone, project.currency, show.count(project.events)],
    );
    assert.equal(await fact('project_key'), `${suite.target.projectKey.slice(0, 10)}…`);
    assert.ok(!(await page.content()).includes(suite.target.projectKey));
    assert.equal(await page.locator('main :is(input, select, textarea)').count(), 0);
    assert.deepEqual(problems, []);
    await close();
  });

  test('by keyboard: the palette leads here, and from here to another key', async () => {
    const { page, close } = await suite.visit('/', { allow: [/ERR_/] });
    await page.waitForSelector('h1');
    await page.keyboard.press('Control+K');
    await page.keyboard.type('sett');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/settings$/);
    await page.getByRole('button', { name: 'Use another project key' }).last().focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Project key').waitFor();
    await close();
  });
});
