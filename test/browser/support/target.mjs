// What the tests run against: a server given by the environment, or the dashboard's mock_api with a built dashboard.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** GM_URL, GM_PROJECT_KEY and GM_WRITE_KEY name a running server; with GM_MOCK=1 the mock is started instead. */
export async function openTarget(options = {}) {
  if (process.env.GM_MOCK === '1') return openMock(options);
  const { GM_URL: url, GM_PROJECT_KEY: projectKey, GM_WRITE_KEY: writeKey } = process.env;
  assert.ok(url && projectKey && writeKey, 'set GM_URL, GM_PROJECT_KEY and GM_WRITE_KEY, or GM_MOCK=1');
  return { url: url.replace(/\/$/, ''), projectKey, writeKey, isMock: false, close: async () => {} };
}

export async function openMock({ empty = false, port = 0 } = {}) {
  const dist = process.env.GM_DASHBOARD_DIST ?? fileURLToPath(new URL('../../../web/dashboard/dist', import.meta.url));
  assert.ok(
    existsSync(`${dist}/index.html`),
    `${dist} has no built dashboard: npm run build there, or set GM_DASHBOARD_DIST`,
  );
  const { startMockApi, projectKey, writeKey } = await import('../../../web/dashboard/mock/mock_api.mjs');
  const mock = await startMockApi({ dist, empty, port, chatter: false });
  return { url: mock.url, projectKey, writeKey, isMock: true, close: mock.close };
}

export async function getJson(target, path, parameters = {}) {
  const url = new URL(`api/v1/${path}`, `${target.url}/`);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const response = await fetch(url, { headers: { Authorization: `Bearer ${target.projectKey}` } });
  assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`);
  return response.json();
}

export async function ask(target, kind, question) {
  const response = await fetch(`${target.url}/api/v1/query/${kind}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${target.projectKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(question),
  });
  assert.equal(response.status, 200, `${kind}: ${await response.clone().text()}`);
  return response.json();
}

export async function sendEvents(target, events) {
  const response = await fetch(`${target.url}/v1/events`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${target.writeKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ events }),
  });
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

export const link = (target, path = '/') => {
  const [plain, query] = path.split('?');
  return `${target.url}${plain}${query ? `?${query}` : ''}#key=${target.projectKey}`;
};
