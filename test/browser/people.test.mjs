// People at the dashboard: signing in, what each role sees, and every change that the settings offer, checked against the API.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { seriousViolations } from './support/accessibility.mjs';
import { launchBrowser, openPage } from './support/browser.mjs';
import { command, startDemo } from './support/demo.mjs';
import { becomes, until } from './support/suite.mjs';
import { sendEvents } from './support/target.mjs';

const password = 'correct horse battery';
const owner = 'ada@studio.example';
// The browser itself notes each answer that is an error; here they are part of what is tried.
const expectedRefusal = [400, 401, 403, 404].map((status) => new RegExp(`status of ${status}`));

describe('people', () => {
  let demo;
  let browser;
  let url;
  let session;

  before(async () => {
    // All of them sign in from one address.
    process.env.GAMEMETRICS_USERS_LOGIN_RATE_MAX = '1000';
    demo = await startDemo({ players: 300, days: 20 });
    url = process.env.GM_URL;
    command(demo.data, ['user', 'create', owner, '--role', 'owner', '--password-file', '-'], `${password}\n`);
    browser = await launchBrowser();
    const answer = await call('POST', 'login', { email: owner, password, bearer: true });
    session = answer.token;
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  /** The API's answer, as the owner. */
  async function call(method, path, body) {
    const response = await fetch(`${url}/api/v1/${path}`, {
      method,
      headers: {
        ...(session ? { Authorization: `Bearer ${session}`, 'X-Project': '1' } : {}),
        ...(body ? { 'Content-Type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return response.status === 204 ? {} : response.json();
  }

  const open = async (path, options = {}) => {
    const opened = await openPage(browser, { baseUrl: url, ...options });
    await opened.page.goto(`${url}${path}`);
    return opened;
  };
  async function signIn(page, email = owner) {
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.shell');
  }
  const signedIn = async (path, options = {}) => {
    const opened = await open(path, options);
    await signIn(opened.page, options.email);
    return opened;
  };
  const shownOnce = async (page) => {
    const text = await page.locator('[data-shown-once] code').first().innerText();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    return text;
  };
  const confirm = async (row, name) => {
    await row.getByRole('button', { name: new RegExp(`^${name}`) }).click();
    await row.getByRole('group').getByRole('button', { name, exact: true }).click();
  };

  for (const { look, ...options } of [
    { look: 'light', theme: 'light' },
    { look: 'dark', theme: 'dark' },
    { look: '360', viewport: { width: 360, height: 780 } },
  ])
    test(`the sign-in and the settings, ${look}: no error, no foreign request, accessible, not too wide`, async () => {
      const { page, problems, close } = await open('/settings', { ...options });
      await page.getByLabel('E-mail address').waitFor();
      const fits = async (what) => {
        assert.deepEqual(await seriousViolations(page), [], what);
        const [width, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(width <= room, `${what} is ${width} wide`);
      };
      await fits('sign-in');
      await signIn(page);
      for (const section of ['project', 'keys', 'members', 'tokens', 'account', 'changes']) {
        await page.goto(`${url}/settings?section=${section}`);
        await page.waitForSelector('.settings-card');
        await becomes(() => page.locator('main [role="status"][aria-label="Loading"]').count(), 0);
        await fits(section);
      }
      assert.deepEqual(problems, []);
      await close();
    });

  test('a wrong password is told in words; the right one leads to the address that was asked for', async () => {
    const { page, problems, close } = await open('/geo?range=7d', { allow: expectedRefusal });
    await page.getByLabel('E-mail address').fill(owner);
    await page.getByLabel('Password').fill('not this one at all');
    await page.keyboard.press('Enter');
    await page.getByText('Address or password is wrong.').waitFor();
    await signIn(page);
    await page.waitForSelector('[data-chart="countries"][data-state="ready"]');
    assert.equal(new URL(page.url()).search, '?range=7d');
    assert.equal(await page.evaluate(() => localStorage.getItem('gm.project_key')), null);
    assert.equal(await page.evaluate(() => document.cookie), '');
    await page.reload();
    await page.waitForSelector('[data-chart="countries"][data-state="ready"]');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('E-mail address').waitFor();
    await page.reload();
    await page.getByLabel('E-mail address').waitFor();
    assert.deepEqual(problems, []);
    await close();
  });

  test('a key works beside people, and the way to the one leads to the other', async () => {
    const { page, problems, close } = await open(`/#key=${process.env.GM_PROJECT_KEY}`);
    await page.waitForSelector('[data-chart="players"][data-state="ready"]');
    await page.getByRole('button', { name: 'Use another project key' }).click();
    await page.getByRole('button', { name: 'Use a project key instead' }).click();
    await page.getByLabel('Project key').fill(process.env.GM_PROJECT_KEY);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-chart="players"][data-state="ready"]');
    assert.deepEqual(problems, []);
    await close();
  });

  test('keys: made and shown once, held to pages, rotated with an overlap, revoked', async () => {
    const { page, problems, close } = await signedIn('/settings?section=keys');
    await page.getByRole('button', { name: 'Make a key' }).click();
    const made = await shownOnce(page);
    assert.match(made, /^gm_wk_/);
    const event = { event: 'from_settings', player_id: 'p1' };
    assert.equal((await sendEvents({ url, writeKey: made }, [event])).accepted, 1);
    await page.reload();
    const row = page.locator('tr[data-row]', { hasText: made.slice(0, 10) });
    await row.waitFor();
    assert.ok(!(await page.content()).includes(made), 'a whole key is shown again');

    await row.getByRole('button', { name: 'Web pages' }).click();
    await row.getByLabel('Only from these web pages').fill('https://game.example');
    await row.getByRole('button', { name: 'Save' }).click();
    await becomes(async () => (await row.innerText()).includes('https://game.example'), true);

    await row.getByRole('button', { name: 'Rotate' }).click();
    await row.getByRole('button', { name: 'Make the new key' }).click();
    const next = await shownOnce(page);
    assert.match(next, /^gm_wk_/);
    for (const key of [made, next]) assert.equal((await sendEvents({ url, writeKey: key }, [event])).accepted, 1);

    const fresh = page.locator('tr[data-row]', { hasText: next.slice(0, 10) });
    await confirm(fresh, 'Revoke');
    await until(async () => (await fetch(`${url}/v1/events`, { method: 'POST', headers: { Authorization: `Bearer ${next}` } })).status === 401);
    const kept = (await call('GET', 'projects/1/keys')).keys;
    assert.equal(kept.find(({ prefix }) => next.startsWith(prefix)).origins.join(), 'https://game.example');
    assert.deepEqual(problems, []);
    await close();
  });

  test('an invitation is a link that is good once; a viewer sees what he may, and why not more', async () => {
    const { page, problems, close } = await signedIn('/settings?section=members');
    await page.getByLabel('E-mail address').fill('bob@studio.example');
    await page.getByLabel('Role', { exact: true }).selectOption('viewer');
    await page.getByRole('button', { name: 'Invite' }).click();
    const link = await shownOnce(page);
    assert.ok(link.startsWith(`${url}/#invitation=gm_in_`), link);

    const his = await openPage(browser, { baseUrl: url, allow: expectedRefusal });
    await his.page.goto(link);
    await his.page.getByLabel('Name, as others see it').fill('Bob');
    assert.ok(!his.page.url().includes('gm_in_'), 'the invitation stays in the address');
    await his.page.getByLabel('Password').fill('short');
    await his.page.getByRole('button', { name: 'Join' }).click();
    await his.page.locator('.field-problem:not(:empty)').waitFor();
    await his.page.getByLabel('Password').fill(password);
    await his.page.getByRole('button', { name: 'Join' }).click();
    await his.page.waitForSelector('[data-chart="players"][data-state="ready"]');
    const pages = await his.page.getByRole('navigation', { name: 'Pages' }).innerText();
    assert.ok(pages.includes('Geo') && !/SQL|Live|Players|Rejected/.test(pages.replace('Players\n', '')), pages);
    await his.page.goto(`${url}/sql`);
    assert.match(await his.page.locator('[data-missing="run_sql"]').innerText(), /The role viewer may not ask by SQL/);
    await his.page.goto(`${url}/geo?tables=countries`);
    await his.page.waitForSelector('[data-chart="countries"][data-state="ready"]');
    assert.equal(await his.page.locator('.number-button').count(), 0);
    await his.page.goto(`${url}/settings?section=keys`);
    await his.page.locator('[data-missing="see_keys"]').waitFor();
    assert.equal(await his.page.locator('main form').count(), 0);

    await page.reload();
    await page.getByLabel('Role of bob@studio.example').selectOption('analyst');
    await until(async () => (await call('GET', 'organisations/1/members')).members.some(({ role }) => role === 'analyst'));
    await his.page.goto(`${url}/sql`);
    await his.page.waitForSelector('[data-sql-state]');

    const again = await openPage(browser, { baseUrl: url, allow: expectedRefusal });
    await again.page.goto(link);
    await again.page.getByLabel('Password').fill(password);
    await again.page.getByRole('button', { name: 'Join' }).click();
    await again.page.getByText(/This invitation is not good any more/).waitFor();
    for (const one of [again, his]) {
      assert.deepEqual(one.problems, []);
      await one.close();
    }
    assert.deepEqual(problems, []);
    await close();
  });

  test('who is removed is out at once', async () => {
    const his = await signedIn('/', { email: 'bob@studio.example', allow: expectedRefusal });
    const { page, close } = await signedIn('/settings?section=members');
    await confirm(page.locator('tr[data-row]', { hasText: 'bob@studio.example' }), 'Remove');
    await until(async () => (await call('GET', 'organisations/1/members')).members.length === 1);
    await his.page.reload();
    await his.page.getByText('No project yet').waitFor();
    await his.close();
    await close();
  });

  test('sessions: one that is ended leads to the sign-in, which says why and comes back', async () => {
    const other = await signedIn('/stickiness', { allow: expectedRefusal });
    const { page, problems, close } = await signedIn('/settings?section=account', { allow: [/status of 404/] });
    await page.locator('tr[data-row]').first().waitFor();
    for (;;) {
      const rest = page.locator('tr[data-row]', { has: page.getByRole('button', { name: /^End/ }) });
      const left = await rest.count();
      if (left === 0) break;
      await confirm(rest.first(), 'End');
      await becomes(() => rest.count(), left - 1);
    }
    // The page asks on its own how far the server is, and is told so.
    await other.page.getByText(/Your session has ended/).waitFor();
    await signIn(other.page);
    await other.page.waitForSelector('[data-chart="active"][data-state="ready"]');
    assert.equal(new URL(other.page.url()).pathname, '/stickiness');
    assert.deepEqual(problems, []);
    await close();
    await other.close();
    session = (await fetchSession()).token;
  });
  const fetchSession = async () => {
    session = null;
    return call('POST', 'login', { email: owner, password, bearer: true });
  };

  test('tokens: shown once, good for their scopes, refused once revoked; and all of it is in the log of changes', async () => {
    const { page, problems, close } = await signedIn('/settings?section=tokens');
    const form = page.getByRole('form', { name: 'New token of yours' });
    await form.getByRole('textbox', { name: 'Name' }).fill('nightly');
    await form.getByRole('button', { name: 'Make a token' }).click();
    const token = await shownOnce(page);
    assert.match(token, /^gm_pt_/);
    const statusOf = async (path) =>
      (await fetch(`${url}/api/v1/${path}`, { headers: { Authorization: `Bearer ${token}`, 'X-Project': '1' } })).status;
    assert.deepEqual([await statusOf('project'), await statusOf('players')], [200, 403]);
    const service = page.getByRole('form', { name: 'New token of a service' });
    await service.getByRole('textbox', { name: 'Name' }).fill('exporter');
    await service.getByRole('button', { name: 'Make a token' }).click();
    assert.match(await shownOnce(page), /^gm_st_/);
    await confirm(page.locator('tr[data-row]', { hasText: 'nightly' }), 'Revoke');
    await until(async () => (await statusOf('project')) === 401);
    await page.goto(`${url}/settings?section=changes`);
    await page.locator('tr[data-row]').first().waitFor();
    const shown = await page.locator('main table').innerText();
    const { entries } = await call('GET', 'organisations/1/audit?limit=50');
    assert.equal(await page.locator('tr[data-row]').count(), entries.length);
    for (const action of ['key.created', 'key.rotated', 'key.revoked', 'member.role_changed', 'invitation.taken', 'token.created'])
      assert.ok(shown.includes(action), action);
    assert.ok(shown.includes(owner) && shown.includes('role viewer → role analyst'));
    assert.deepEqual(problems, []);
    await close();
  });

  test('projects: made, chosen by the address, renamed', async () => {
    const { page, problems, close } = await signedIn('/settings');
    const form = page.getByRole('form', { name: 'New project' });
    await form.getByLabel('Name').fill('Farm');
    await form.getByLabel('Time zone of its days').fill('Europe/Berlin');
    await form.getByLabel('Currency of its revenue').fill('eur');
    await form.getByRole('button', { name: 'Make the project' }).click();
    const choice = page.getByRole('combobox', { name: 'Project' });
    await choice.waitFor();
    assert.equal(new URL(page.url()).searchParams.get('project'), '1');
    await choice.selectOption({ label: 'Farm' });
    await becomes(() => page.locator('[data-fact="name"]').innerText(), 'Farm');
    assert.equal(await page.locator('[data-fact="timezone"]').innerText(), 'Europe/Berlin');
    const project = Number(new URL(page.url()).searchParams.get('project'));
    const rename = page.getByRole('form', { name: 'Rename the project' });
    await rename.getByLabel('Name').fill('Farm Life');
    await rename.getByRole('button', { name: 'Rename' }).click();
    await until(async () => (await call('GET', `projects/${project}`)).name === 'Farm Life');
    await page.goBack();
    await becomes(() => page.locator('[data-fact="project"]').innerText(), '1');
    await page.goto(`${url}/settings?project=99`);
    await page.getByText('This project is not one of yours').waitFor();
    assert.deepEqual(problems, []);
    await close();
  });
});
