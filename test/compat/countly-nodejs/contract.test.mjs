// The published Countly client against a running server. test/sdk_contract.py sets the variables.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import CountlyBulk from 'countly-sdk-nodejs/lib/countly-bulk.js';
import { forward, refusals, ServerView, standIn } from '../support/server_view.mjs';

const { GM_URL, GM_WRITE_KEY, GM_PROJECT_KEY, GM_SMALL_URL, GM_SMALL_WRITE_KEY, GM_SMALL_PROJECT_KEY, GM_BUSY_URL } =
  process.env;
const { GM_LIMITED_URL, GM_LIMITED_WRITE_KEY, GM_LIMITED_PROJECT_KEY } = process.env;
const server = new ServerView(GM_URL, GM_PROJECT_KEY);
const open = [];
after(() => Promise.all(open.map((one) => one.close())));

async function between(url, answers) {
  const made = await standIn(url, answers);
  open.push(made);
  return made;
}

const run = promisify(execFile);
const newPlayer = () => `countly-${randomUUID()}`;

/** Runs the client for so long against the stand-in. */
async function client(proxy, player, steps, { milliseconds = 1500, ...config } = {}) {
  const input = {
    config: { app_key: GM_WRITE_KEY, device_id: player, url: `http://127.0.0.1:${proxy.port}`, ...config },
    steps,
    milliseconds,
  };
  const { stdout } = await run(process.execPath, ['client.mjs', JSON.stringify(input)], { cwd: import.meta.dirname });
  return stdout;
}

const level = (number) => ['add_event', { key: 'level_complete', count: 1, segmentation: { level: number } }];
const levels = (events) => events.filter((one) => one.event === 'level_complete').map((one) => one.properties.level);
const statuses = (proxy) => proxy.requests.map((request) => request.status);

for (const force_post of [false, true]) {
  test(`everything is stored once and mapped (force_post: ${force_post})`, async () => {
    const proxy = await between(GM_URL);
    const player = newPlayer();
    const steps = [
      ['begin_session'],
      level(3),
      ['add_event', { key: 'purchase', count: 1, sum: 4.99, segmentation: { product: 'gems', currency: 'EUR' } }],
      ['track_view', 'shop'],
      ['user_details', { name: 'Zürich 😀', custom: { guild: 'red' } }],
      ['log_error', 'it broke'],
      ['end_session', 7],
    ];
    await client(proxy, player, steps, { force_post, app_version: '1.4' });
    const events = await server.eventsOf(player, 7);
    const named = Object.fromEntries(events.map((entry) => [entry.event, entry]));
    assert.deepEqual(
      new Set(Object.keys(named)),
      new Set(['session_start', 'level_complete', 'purchase', '$screen', '$set', 'error', 'session_end']),
    );
    assert.equal(named.session_start.platform, 'Linux');
    assert.equal(named.session_start.build, '1.4');
    assert.equal(named.level_complete.properties.level, 3);
    assert.equal(named.purchase.revenue, 4.99);
    assert.equal(named.purchase.currency, 'EUR');
    assert.equal(named.$screen.properties.$screen_name, 'shop');
    assert.deepEqual(named.$set.properties.$set, { name: 'Zürich 😀', guild: 'red' });
    assert.match(named.error.properties.message, /it broke/);
    assert.equal(named.session_end.properties.seconds, 7);
    assert.ok(!JSON.stringify(events).includes(GM_WRITE_KEY), 'the key is not kept');
    assert.ok(proxy.requests.every((request) => (request.method === 'POST') === (force_post || !!request.body)));

    const earlier = await server.numbers();
    for (const request of proxy.requests) {
      assert.equal(String((await forward(GM_URL, request)).body), '{"result":"Success"}');
    }
    assert.deepEqual(await server.numbers(), earlier);
  });
}

test('a change of the id is a merge, consent is an event', async () => {
  const proxy = await between(GM_URL);
  const [anonymous, player] = [newPlayer(), newPlayer()];
  const steps = [
    ['add_consent', 'events'],
    ['change_id', player, true],
  ];
  await client(proxy, anonymous, steps, { require_consent: true, milliseconds: 2000 });
  const events = await server.eventsOf(player, 2);
  const named = Object.fromEntries(events.map((entry) => [entry.event, entry]));
  assert.equal(named.$create_alias.properties.alias, anonymous);
  assert.equal(named.consent.properties.events, true);
});

test('the question for remote configuration gets none', async () => {
  const proxy = await between(GM_URL);
  const said = await client(proxy, newPlayer(), [], { remote_config: true, milliseconds: 800 });
  assert.deepEqual(JSON.parse(said.trim().split('\n').at(-1)), { error: false, configs: {} });
});

test('bulk requests are stored once', async () => {
  const proxy = await between(GM_URL);
  const players = [newPlayer(), newPlayer()];
  const bulk = new CountlyBulk({
    app_key: GM_WRITE_KEY,
    url: `http://127.0.0.1:${proxy.port}`,
    interval: 50,
    storage_type: 'memory',
  });
  for (const player of players) {
    bulk.add_request({ device_id: player, begin_session: 1, metrics: { _os: 'iOS' }, timestamp: Date.now() });
    bulk.add_event(player, { key: 'level_complete', segmentation: { level: 1 } });
  }
  await new Promise((resolve) => bulk.start(resolve));
  bulk.stop();
  for (const player of players) {
    const events = await server.eventsOf(player, 2);
    assert.deepEqual(events.map((entry) => entry.event).toSorted(), ['level_complete', 'session_start']);
    assert.equal(events.find((entry) => entry.event === 'session_start').platform, 'iOS');
  }
  const earlier = await server.numbers();
  for (const request of proxy.requests) await forward(GM_URL, request);
  assert.deepEqual(await server.numbers(), earlier);
});

// None of these compares the totals of the server, so they may run beside each other.
describe('refusals', { concurrency: true }, () => {
  for (const refusal of ['busy', 'tooMany']) {
    test(`nothing is lost or counted twice when the server answers ${refusal}`, async () => {
      const answers = await refusals(GM_BUSY_URL, { path: '/i' });
      const proxy = await between(GM_URL, [answers[refusal]]);
      const player = newPlayer();
      await client(proxy, player, [['begin_session'], level(1), level(2)], { milliseconds: 3500 });
      assert.deepEqual(levels(await server.eventsOf(player, 3)), [1, 2]);
      assert.deepEqual(statuses(proxy), [answers[refusal].status, 200, 200]);
    });
  }

  test('the limit of a key holds the client up, and nothing is lost or counted twice', async () => {
    const limited = new ServerView(GM_LIMITED_URL, GM_LIMITED_PROJECT_KEY);
    const proxy = await between(GM_LIMITED_URL);
    const player = newPlayer();
    const steps = [['begin_session'], level(1), level(2)];
    await client(proxy, player, steps, { app_key: GM_LIMITED_WRITE_KEY, milliseconds: 6000 });
    assert.deepEqual(new Set(statuses(proxy)), new Set([200, 429]));
    assert.deepEqual(levels(await limited.eventsOf(player, 3)), [1, 2]);
  });

  test('with a wrong key the queue is kept, and asked about no faster than fail_timeout', async () => {
    const proxy = await between(GM_URL);
    await client(proxy, newPlayer(), [['begin_session'], level(1)], { app_key: 'not-a-key', milliseconds: 3000 });
    assert.ok(proxy.requests.length >= 1 && proxy.requests.length <= 3, `${proxy.requests.length} requests`);
    assert.deepEqual(new Set(statuses(proxy)), new Set([400]));
  });

  test('a body that is too large does not block what is behind it', async () => {
    const small = new ServerView(GM_SMALL_URL, GM_SMALL_PROJECT_KEY);
    const proxy = await between(GM_SMALL_URL);
    const player = newPlayer();
    const custom = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, 'x'.repeat(200)]));
    const steps = [['user_details', { custom }], ['begin_session']];
    await client(proxy, player, steps, { app_key: GM_SMALL_WRITE_KEY });
    assert.deepEqual((await small.eventsOf(player, 1)).map((entry) => entry.event), ['session_start']);
    assert.deepEqual(statuses(proxy), [200, 200]);
  });

  test('a request that can never pass does not block what is behind it, and shows among the rejected', async () => {
    const proxy = await between(GM_URL);
    const { total } = await server.read('rejected');
    const player = newPlayer();
    await client(proxy, player, [['add_event', { key: 'k', segmentation: { t: '\ud83d' } }], ['begin_session']]);
    await client(proxy, 'null', [['begin_session']], { milliseconds: 800 });
    assert.deepEqual(new Set(statuses(proxy)), new Set([200]));
    assert.ok((await server.eventsOf(player, 1)).some((entry) => entry.event === 'session_start'));
    const rejected = await server.read('rejected');
    assert.ok(rejected.total > total);
    assert.equal(rejected.rows[0].reason, 'player_id_refused');
  });
});
