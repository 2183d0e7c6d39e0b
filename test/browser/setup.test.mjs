// From a key to the first event, against the real server: what is sent is what the page shows, run as it stands there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { testLooks, useSuite } from './support/suite.mjs';
import { link, sendEvents } from './support/target.mjs';
import { openPage } from './support/browser.mjs';

const run = promisify(execFile);
const senders = (
  'curl otlp javascript unity godot cpp python go posthog segment amplitude gameanalytics snowplow mixpanel countly'
).split(' ');

describe('set-up', () => {
  const suite = useSuite();

  testLooks(suite, { name: 'setup', path: '/setup?sender=snowplow', ready: '.code' });

  async function open(sender) {
    const opened = await openPage(suite.browser, { baseUrl: suite.target.url });
    await opened.page.goto(`${link(suite.target, `/setup?sender=${sender}`)}&write_key=${suite.target.writeKey}`);
    await opened.page.waitForSelector('[data-setup="waiting"]');
    // Waiting begins with what the server has by then.
    await opened.page.waitForResponse((response) => response.url().includes('/api/v1/live') && response.ok());
    return opened;
  }

  test('each sender has a snippet with this host and the key, and an address', async () => {
    const { page, problems, close } = await open('curl');
    const port = new URL(suite.target.url).port;
    for (const sender of senders) {
      await page.locator(`.senders input[value="${sender}"]`).check();
      const code = await page.locator('pre').innerText();
      assert.ok(code.includes(port), `${sender}: ${code}`);
      assert.ok(sender === 'gameanalytics' || code.includes(suite.target.writeKey), `${sender}: ${code}`);
      assert.equal(new URL(page.url()).searchParams.get('sender') ?? 'curl', sender);
    }
    assert.equal(await page.locator('.senders input').count(), senders.length);
    assert.deepEqual(problems, []);
    await close();
  });

  for (const [sender, language] of [
    ['curl', 'the HTTP API'],
    ['otlp', 'an OpenTelemetry exporter'],
  ]) {
    test(`the snippet of ${sender}, run as it stands, brings the event to the page`, async () => {
      const { page, problems, close } = await open(sender);
      const player = `setup-${sender}-${Date.now()}`;
      const code = (await page.locator('pre').innerText()).replaceAll('p-1', player);
      await run('sh', ['-c', code]);
      await page.waitForSelector('[data-setup="done"]');
      await page.locator('[data-fact="Player"]', { hasText: player }).waitFor();
      await page.locator('[data-fact="Came from"]', { hasText: language }).waitFor();
      assert.equal(await page.locator('[data-fact="Event"]').innerText(), 'level_start');
      await page.getByRole('button', { name: 'Show the dashboard' }).focus();
      await page.keyboard.press('Enter');
      await page.waitForSelector('[data-kpi="dau"]');
      assert.deepEqual(problems, []);
      await close();
    });
  }

  test('a refused event is told with its reason, and does not count as the first one', async () => {
    const { page, problems, close } = await open('curl');
    await sendEvents(suite.target, [{ event: 'setup_nobody' }]);
    await page.locator('[data-reason="player_id_missing"]').waitFor();
    assert.match(await page.locator('.setup-refused').innerText(), /One event was refused[\s\S]*Send a player_id[\s\S]*setup_nobody/);
    assert.equal(await page.locator('[data-setup]').getAttribute('data-setup'), 'waiting');
    assert.deepEqual(problems, []);
    await close();
  });

  test('a key of another kind is not taken, and the page says which it is', async () => {
    const { page, close } = await open('curl');
    await page.getByLabel('Write key').fill(suite.target.projectKey);
    await page.getByText('This is the project key.').waitFor();
    assert.match(await page.locator('pre').innerText(), /YOUR_WRITE_KEY/);
    await close();
  });
});
