// GraphiQL against the real server: it asks, subscribes, follows the theme, and loads nothing from elsewhere.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { getJson } from './support/target.mjs';
import { useSuite } from './support/suite.mjs';

describe('GraphiQL', () => {
  const suite = useSuite();

  /** Writes into the editor for queries, as a person does, and runs it. */
  const run = async (page, query) => {
    await page.locator('.graphiql-query-editor .CodeMirror').waitFor();
    await page.evaluate((text) => document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.setValue(text), query);
    await page.getByRole('button', { name: /^Execute query/ }).click();
  };
  const answer = async (page, text) => {
    await page.waitForFunction((wanted) => document.querySelector('.result-window')?.innerText.includes(wanted), text);
    return page.evaluate(() => document.querySelector('.result-window .CodeMirror').CodeMirror.getValue());
  };

  for (const theme of ['light', 'dark']) {
    test(`a query is answered, ${theme}`, async () => {
      const { page, problems, close } = await suite.visit('/graphiql/', { theme });
      await run(page, '{ project { name timeZone } }');
      const project = await getJson(suite.target, 'project');
      assert.equal(JSON.parse(await answer(page, '"name"')).data.project.name, project.name);
      const background = await page.evaluate(() => getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor);
      const brightness = background.match(/[\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
      assert.ok(theme === 'dark' ? brightness < 300 : brightness > 500, `${theme}: ${background}`);
      assert.deepEqual(problems, []);
      await close();
    });
  }

  test('the schema is shown, and settings open without an error', async () => {
    const { page, problems, close } = await suite.visit('/graphiql/');
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByText('subscription: Subscription').or(page.locator('.graphiql-doc-explorer-root-type', { hasText: 'Subscription' })).first().waitFor();
    await page.getByRole('button', { name: 'Open settings dialog' }).click();
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(problems, []);
    await close();
  });

  test('a subscription goes on until it is stopped', async () => {
    const { page, problems, close } = await suite.visit('/graphiql/');
    await run(page, 'subscription { pipeline(every: 1) { stored } }');
    await answer(page, '"stored"');
    await page.getByRole('button', { name: /^Stop query/ }).click();
    assert.deepEqual(problems, []);
    await close();
  });

  test('the dashboard loads nothing of it', async () => {
    const { page, close } = await suite.visit('/');
    const loaded = [];
    page.on('request', (request) => loaded.push(request.url()));
    await page.reload({ waitUntil: 'networkidle' });
    assert.ok(loaded.length > 0);
    assert.deepEqual(loaded.filter((url) => url.includes('graphiql')), []);
    await close();
  });
});
