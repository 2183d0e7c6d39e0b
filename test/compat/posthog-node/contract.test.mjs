// The published posthog-node client against a running server: every event is counted once, and sending the very same request again changes
// no number.
//
//   GM_URL=http://127.0.0.1:8080 GM_WRITE_KEY=gm_wk_... GM_PROJECT_KEY=gm_pk_... node --test
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { PostHog } from 'posthog-node';
import { refusals, ServerView, standIn } from '../support/server_view.mjs';

const { GM_URL, GM_WRITE_KEY, GM_PROJECT_KEY, GM_SMALL_URL, GM_SMALL_WRITE_KEY, GM_SMALL_PROJECT_KEY, GM_BUSY_URL } =
  process.env;
const { GM_LIMITED_URL, GM_LIMITED_WRITE_KEY, GM_LIMITED_PROJECT_KEY } = process.env;
const url = GM_URL?.replace(/\/$/, '');
const run = randomUUID().slice(0, 8);
const player = `posthog-node-${run}`;
const eventName = `posthog_contract_${run}`;
const captures = 25; // three batches of at most ten
const visibleWithinMs = 15_000;

async function read(path) {
  const response = await fetch(`${url}/api/v1/${path}`, { headers: { Authorization: `Bearer ${GM_PROJECT_KEY}` } });
  assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`);
  return response.json();
}

async function until(what, attempt) {
  const deadline = Date.now() + visibleWithinMs;
  for (;;) {
    const value = await attempt();
    if (value) return value;
    assert.ok(Date.now() < deadline, `${what}: not within ${visibleWithinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const today = () => new Date().toISOString().slice(0, 10);
const dayAround = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** Numbers a repeated event would change. A range of three days, since the project's time zone may be on another date. */
async function numbers() {
  const range = `from=${dayAround(-1)}&to=${dayAround(1)}`;
  const [pipeline, events, dau, top] = await Promise.all([
    read('pipeline'),
    read(`metrics/events?${range}`),
    read(`metrics/dau?${range}`),
    read(`events/top?${range}&limit=1000`),
  ]);
  return {
    stored: pipeline.stored,
    events: events.total,
    dau: dau.points.map((point) => point.value),
    named: top.rows.find((row) => row.event === eventName)?.events ?? 0,
  };
}

const processedAll = () => until('the pipeline catches up', async () => (await read('pipeline')).lag_events === 0);

/** Keeps the bytes and headers of every batch as it goes out. */
function recordingFetch(recorded) {
  return async (target, options) => {
    const body = options.body instanceof Blob ? new Uint8Array(await options.body.arrayBuffer()) : options.body;
    const response = await fetch(target, { ...options, body });
    if (String(target).includes('/batch'))
      recorded.push({ target, method: options.method, headers: options.headers, body, status: response.status });
    return response;
  };
}

describe('posthog-node', { concurrency: false }, () => {
  const recorded = [];
  let earlier;

  before(async () => {
    assert.ok(url && GM_WRITE_KEY && GM_PROJECT_KEY, 'set GM_URL, GM_WRITE_KEY and GM_PROJECT_KEY');
    await processedAll();
    earlier = await numbers();
    const client = new PostHog(GM_WRITE_KEY, {
      host: url,
      flushAt: 10,
      maxBatchSize: 10,
      fetch: recordingFetch(recorded),
    });
    const failures = [];
    client.on('error', (error) => failures.push(String(error)));
    client.identify({ distinctId: player, properties: { plan: 'free' } });
    for (let level = 1; level <= captures; level += 1)
      client.capture({ distinctId: player, event: eventName, properties: { level, on: today() } });
    await client.shutdown();
    assert.deepEqual(failures, []);
  });

  test('every batch is accepted at the first attempt', () => {
    assert.ok(recorded.length >= 2, `${recorded.length} batches`);
    assert.deepEqual([...new Set(recorded.map((request) => request.status))], [200]);
  });

  test('each event is counted once', async () => {
    await until('all events are counted', async () => (await numbers()).named >= captures);
    await processedAll();
    const now = await numbers();
    assert.equal(now.named, captures);
    assert.equal(now.stored - earlier.stored, captures + 1, 'the captures and the identify');
  });

  test('each event is in the live feed once, with its properties', async () => {
    const { events } = await read('live');
    const levels = events
      .filter((entry) => entry.event === eventName && entry.player_id === player)
      .map((entry) => entry.properties.level);
    assert.deepEqual(
      levels.toSorted((a, b) => a - b),
      Array.from({ length: captures }, (_, index) => index + 1),
    );
  });

  test('sending the same bytes again changes no number, and is told as repeats', async () => {
    const before = await numbers();
    const { duplicates } = await read('pipeline');
    for (const { target, method, headers, body } of recorded) {
      const response = await fetch(target, { method, headers, body });
      assert.equal(response.status, 200);
    }
    await until(
      'the repeats are noticed',
      async () => (await read('pipeline')).duplicates >= duplicates + captures + 1,
    );
    await processedAll();
    assert.deepEqual(await numbers(), before);
    assert.equal((await read('pipeline')).duplicates, duplicates + captures + 1);
  });

  /** Sends levels through a proxy that gives the first answers itself; what the server got, and what the client reported. */
  async function send({ target = GM_URL, answers = [], key = GM_WRITE_KEY, count = 3, properties = {}, bad, ...options }) {
    const proxy = await standIn(target, answers);
    const id = `posthog-node-${randomUUID()}`;
    const failures = [];
    const host = `http://127.0.0.1:${proxy.port}`;
    const client = new PostHog(key, { host, flushAt: 100, fetchRetryDelay: 100, disableCompression: true, ...options });
    client.on('error', (error) => failures.push(error));
    for (let level = 1; level <= count; level += 1)
      client.capture({ distinctId: id, event: 'level_start', properties: { level, ...properties } });
    if (bad) client.capture(bad);
    await client.shutdown();
    await proxy.close();
    return { id, failures, statuses: proxy.requests.map((request) => request.status) };
  }
  const levelsOf = async (view, id, count) =>
    (await view.eventsOf(id, count)).map((entry) => entry.properties.level).toSorted((a, b) => a - b);

  for (const refusal of ['busy', 'tooMany']) {
    test(`nothing is lost or counted twice when the server answers ${refusal}`, async () => {
      const answer = (await refusals(GM_BUSY_URL, { path: '/batch/' }))[refusal];
      const { id, failures, statuses } = await send({ answers: [answer, answer] });
      assert.deepEqual(failures, []);
      assert.deepEqual(await levelsOf(new ServerView(GM_URL, GM_PROJECT_KEY), id, 3), [1, 2, 3]);
      assert.deepEqual(statuses, [answer.status, answer.status, 200]);
    });
  }

  test('the limit of a key holds the client up, and nothing is lost or counted twice', async () => {
    const everyEventAlone = { flushAt: 1, maxBatchSize: 1, fetchRetryDelay: 3000 }; // 3000 is the client's own default
    const { id, failures, statuses } = await send({ target: GM_LIMITED_URL, key: GM_LIMITED_WRITE_KEY, ...everyEventAlone });
    assert.deepEqual(new Set(statuses), new Set([200, 429]));
    assert.deepEqual(failures, []);
    assert.deepEqual(await levelsOf(new ServerView(GM_LIMITED_URL, GM_LIMITED_PROJECT_KEY), id, 3), [1, 2, 3]);
  });

  test('an overload that does not end is not asked for ever, and the client says so', async () => {
    const { busy } = await refusals(GM_BUSY_URL, { path: '/batch/' });
    const { failures, statuses } = await send({ answers: Array.from({ length: 50 }, () => busy), fetchRetryCount: 3 });
    assert.deepEqual([...new Set(statuses)], [503]);
    assert.ok(statuses.length >= 4 && statuses.length <= 12, `${statuses.length} requests`);
    assert.ok(failures.length >= 1);
  });

  test('a wrong key is refused once per attempt of the client, which ends and says so', async () => {
    const earlier = (await numbers()).stored;
    const { failures, statuses } = await send({ key: 'gm_wk_not_a_key' });
    assert.deepEqual([...new Set(statuses)], [401]);
    assert.ok(statuses.length <= 8, `${statuses.length} requests`);
    assert.ok(failures.length >= 1);
    await processedAll();
    assert.equal((await numbers()).stored, earlier);
  });

  test('a body that is too large is halved until it fits, and nothing is lost', async () => {
    const small = new ServerView(GM_SMALL_URL, GM_SMALL_PROJECT_KEY);
    const properties = { noise: 'x'.repeat(300) };
    const { id, statuses } = await send({ target: GM_SMALL_URL, key: GM_SMALL_WRITE_KEY, count: 8, properties });
    assert.equal(statuses[0], 413);
    assert.equal(statuses.at(-1), 200);
    assert.deepEqual(await levelsOf(small, id, 8), [1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('a bad event of a batch does not hold up the others', async () => {
    const view = new ServerView(GM_URL, GM_PROJECT_KEY);
    const { total } = await view.read('rejected');
    const { id, failures, statuses } = await send({ bad: { distinctId: 'undefined', event: 'lost' } });
    assert.deepEqual(failures, []);
    assert.deepEqual(statuses, [200]);
    assert.deepEqual(await levelsOf(view, id, 3), [1, 2, 3]);
    assert.equal((await view.read('rejected')).total, total + 1);
  });

  test('an event that alone is too large is given up', async () => {
    const properties = { noise: 'x'.repeat(5_000) };
    const { failures, statuses } = await send({ target: GM_SMALL_URL, key: GM_SMALL_WRITE_KEY, count: 1, properties });
    assert.deepEqual([...new Set(statuses)], [413]);
    assert.ok(statuses.length <= 8, `${statuses.length} requests`);
    assert.ok(failures.length >= 1);
  });
});
