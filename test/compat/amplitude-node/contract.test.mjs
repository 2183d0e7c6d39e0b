// The published Amplitude client for Node against a running server: every event is counted once and mapped as documented, a
// repeat changes no number, and what the server refuses is sent again where that helps and only there.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { createInstance, Identify, Revenue } from '@amplitude/analytics-node';
import { refusalOf, startProxy } from '../support/first_answers_proxy.mjs';
import { ServerNumbers, until } from '../support/server_numbers.mjs';

const { GM_URL, GM_SMALL_URL, GM_WRITE_KEY, GM_SMALL_WRITE_KEY, GM_PROJECT_KEY, GM_SMALL_PROJECT_KEY } = process.env;
const { GM_BUSY_URL, GM_LIMITED_URL, GM_LIMITED_WRITE_KEY, GM_LIMITED_PROJECT_KEY } = process.env;
const run = randomUUID().slice(0, 8);
const player = `amplitude-node-${run}`;
const eventName = `amplitude_contract_${run}`;
const tracks = 25; // three batches of at most ten
const user = { user_id: player, device_id: `device-${run}`, ip: '203.0.113.9' };

const server = new ServerNumbers(GM_URL, GM_PROJECT_KEY);

/** A client through a proxy; `track` gives a promise of {code, message}. */
async function clientOf(target, { answers = [], apiKey = GM_WRITE_KEY, path = '/2/httpapi', ...options } = {}) {
  const proxy = await startProxy(target, answers);
  const client = createInstance();
  await client.init(apiKey, {
    serverUrl: proxy.url + path,
    flushIntervalMillis: 100,
    flushQueueSize: 10,
    logLevel: 0,
    ...options,
  }).promise;
  const track = (type, properties = {}, extra = {}) => client.track(type, properties, { ...user, ...extra }).promise;
  return { client, proxy, track };
}

const codes = (results) => results.map((result) => result.code);
const statuses = (proxy) => proxy.requests.map((request) => request.status);
const times = (count, value) => Array.from({ length: count }, () => value);

describe('@amplitude/analytics-node', { concurrency: false }, () => {
  let recorded;
  const { url } = server;

  before(async () => {
    assert.ok(GM_URL && GM_SMALL_URL && GM_WRITE_KEY && GM_PROJECT_KEY && GM_SMALL_PROJECT_KEY, 'see README.md');
    await server.processedAll();
  });

  test('events arrive once, as the documentation maps them', async () => {
    const earlier = await server.stored();
    const { client, proxy, track } = await clientOf(url);
    const sent = [];
    sent.push(client.identify(new Identify().set('plan', 'free'), user).promise);
    for (let level = 1; level <= tracks; level += 1) sent.push(track(eventName, { level }, { platform: 'iOS' }));
    const revenue = new Revenue().setProductId('gems_100').setPrice(0.99).setQuantity(3);
    sent.push(client.revenue(revenue, user).promise);
    sent.push(client.groupIdentify('guild', 'guild-1', new Identify().set('name', 'Trolls'), user).promise);
    assert.deepEqual(codes(await Promise.all(sent)), times(tracks + 3, 200));
    await proxy.close();
    assert.deepEqual([...new Set(statuses(proxy))], [200]);
    recorded = proxy.requests;

    assert.equal((await server.stored()) - earlier, tracks + 3);
    assert.equal((await server.all()).byName[eventName], tracks);
    const live = await server.live(player);
    const named = (name) => live.filter((entry) => entry.event === name);
    const levels = named(eventName).map((entry) => entry.properties.level);
    assert.deepEqual(
      levels.toSorted((a, b) => a - b),
      Array.from({ length: tracks }, (_, index) => index + 1),
    );
    assert.ok(!JSON.stringify(live).includes('203.0.113.9'), 'no address is kept');
    const [identified] = named('$identify');
    assert.equal(identified.properties.$anon_distinct_id, user.device_id);
    assert.deepEqual(identified.properties.$set, { plan: 'free' });
    const [purchase] = named('purchase');
    assert.equal(purchase.properties.product, 'gems_100');
    assert.equal(purchase.properties.quantity, 3);
    const [group] = named('$groupidentify');
    assert.equal(group.properties.$group_type, 'guild');
    assert.equal(group.properties.$group_key, 'guild-1');
    assert.deepEqual(group.properties.$group_set, { name: 'Trolls' });
  });

  test('the same bytes again change no number', async () => {
    const earlier = await server.all();
    const { duplicates } = await server.read('pipeline');
    for (const { body, url: path } of recorded) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url + path, { method: 'POST', headers, body });
      assert.equal(response.status, 200);
    }
    await until('the repeats are noticed', async () => {
      const pipeline = await server.read('pipeline');
      return pipeline.duplicates >= duplicates + tracks + 3;
    });
    await server.processedAll();
    assert.deepEqual(await server.all(), earlier);
  });

  test('the path that PostHog shares takes its bulk', async () => {
    const earlier = await server.stored();
    const { proxy, track } = await clientOf(url, { path: '/batch' });
    assert.deepEqual(codes(await Promise.all([track(`${eventName}_bulk`), track(`${eventName}_bulk`)])), [200, 200]);
    await proxy.close();
    assert.equal((await server.stored()) - earlier, 2);
  });

  test('an overloaded server is asked again, and nothing is lost', async () => {
    const earlier = await server.stored();
    const refusal = await refusalOf(GM_BUSY_URL, '/2/httpapi');
    assert.equal(refusal.status, 503);
    assert.equal(JSON.parse(refusal.body).code, 503);
    const { proxy, track } = await clientOf(url, { answers: [refusal, refusal] });
    assert.deepEqual(codes(await Promise.all(times(5).map(() => track(`${eventName}_503`)))), times(5, 200));
    await proxy.close();
    assert.deepEqual(statuses(proxy), [503, 503, 200]);
    assert.equal((await server.stored()) - earlier, 5);
  });

  // Two events and no more: this client waits 30 seconds after each 429.
  test('the limit of a key holds the client up, and nothing is lost or counted twice', async () => {
    const limited = new ServerNumbers(GM_LIMITED_URL, GM_LIMITED_PROJECT_KEY);
    const { proxy, track } = await clientOf(limited.url, { apiKey: GM_LIMITED_WRITE_KEY, flushQueueSize: 1 });
    assert.deepEqual(codes(await Promise.all(times(2).map(() => track(`${eventName}_limited`)))), [200, 200]);
    await proxy.close();
    assert.deepEqual(new Set(statuses(proxy)), new Set([200, 429]));
    assert.equal(await limited.stored(), 2);
  });

  test('an overload that does not end is not asked for ever', async () => {
    const refusal = await refusalOf(GM_BUSY_URL, '/2/httpapi');
    const { proxy, track } = await clientOf(url, { answers: times(20, refusal), flushMaxRetries: 3 });
    assert.deepEqual(codes([await track(eventName)]), [500]);
    await proxy.close();
    assert.deepEqual(statuses(proxy), times(3, 503));
  });

  test('a bad key is refused once and never sent again', async () => {
    const earlier = await server.stored();
    const { proxy, track } = await clientOf(url, { apiKey: 'gm_wk_not_a_key' });
    assert.deepEqual(codes([await track(eventName)]), [400]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await proxy.close();
    assert.deepEqual(statuses(proxy), [400]);
    assert.equal(await server.stored(), earlier);
  });

  test('a body too large is halved until it fits', async () => {
    const small = new ServerNumbers(GM_SMALL_URL, GM_SMALL_PROJECT_KEY);
    const { proxy, track } = await clientOf(small.url, { apiKey: GM_SMALL_WRITE_KEY, flushQueueSize: 8 });
    const sent = times(8).map(() => track(eventName, { text: 'x'.repeat(80) }));
    assert.deepEqual(codes(await Promise.all(sent)), times(8, 200));
    assert.equal(await small.stored(), 8);
    assert.equal(statuses(proxy)[0], 413);
    const single = await track(eventName, { text: 'x'.repeat(5_000) });
    await proxy.close();
    assert.equal(single.code, 413);
    assert.equal(await small.stored(), 8);
  });

  test('a bad event of a batch is dropped by its place, the others are counted once', async () => {
    const earlier = await server.stored();
    const { proxy, track } = await clientOf(url);
    const results = await Promise.all([track(`${eventName}_good`), track('x', {}, { time: 1 }), track(`${eventName}_good`)]);
    await proxy.close();
    assert.deepEqual(codes(results), [200, 400, 200]);
    assert.deepEqual(statuses(proxy), [400, 200]);
    assert.equal((await server.stored()) - earlier, 2);
    assert.equal((await server.all()).byName[`${eventName}_good`], 2);
  });
});
