// The published Segment client for Node against a running server: every event is counted once and mapped as documented, a
// repeat changes no number, and what the server refuses is sent again where that helps and only there.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { Analytics } from '@segment/analytics-node';
import { refusalOf, startProxy } from '../support/first_answers_proxy.mjs';
import { ServerNumbers, until } from '../support/server_numbers.mjs';

const { GM_URL, GM_SMALL_URL, GM_WRITE_KEY, GM_SMALL_WRITE_KEY, GM_PROJECT_KEY } = process.env;
const { GM_BUSY_URL, GM_LIMITED_URL, GM_LIMITED_WRITE_KEY, GM_LIMITED_PROJECT_KEY } = process.env;
const run = randomUUID().slice(0, 8);
const player = `segment-node-${run}`;
const eventName = `segment_contract_${run}`;
const tracks = 25; // three batches of at most ten

const server = new ServerNumbers(GM_URL, GM_PROJECT_KEY);

/** A client through a proxy, and what it says failed. */
async function clientOf(target, { answers = [], writeKey = GM_WRITE_KEY, ...options } = {}) {
  const proxy = await startProxy(target, answers);
  const client = new Analytics({ writeKey, host: proxy.url, flushAt: 10, flushInterval: 200, ...options });
  const failures = [];
  client.on('error', (error) => failures.push(error));
  return { client, proxy, failures };
}

const track = (client, event, extra = {}) => client.track({ userId: player, event, ...extra });

describe('@segment/analytics-node', { concurrency: false }, () => {
  let recorded;
  const { url } = server;

  before(async () => {
    assert.ok(GM_URL && GM_SMALL_URL && GM_WRITE_KEY && GM_SMALL_WRITE_KEY && GM_PROJECT_KEY, 'see README.md');
    await server.processedAll();
  });

  test('events arrive once, as the documentation maps them', async () => {
    const earlier = await server.stored();
    const { client, proxy, failures } = await clientOf(url);
    client.identify({ userId: player, anonymousId: `anonymous-${run}`, traits: { plan: 'free' } });
    for (let level = 1; level <= tracks; level += 1)
      track(client, eventName, { properties: { level }, context: { os: { name: 'iOS' }, ip: '203.0.113.9' } });
    track(client, 'Order Completed', {
      properties: { order_id: 'o-1', revenue: 4.99, currency: 'EUR', products: [{ product_id: 'gems_100' }] },
    });
    client.screen({ userId: player, name: 'Shop' });
    client.group({ userId: player, groupId: 'guild-1', traits: { name: 'Trolls' } });
    client.alias({ userId: player, previousId: `old-${run}` });
    await client.closeAndFlush({ timeout: 10_000 });
    await proxy.close();
    assert.deepEqual(failures, []);
    assert.deepEqual([...new Set(proxy.requests.map((request) => request.status))], [200]);
    recorded = proxy.requests;

    await until('all events are stored', async () => (await server.stored()) >= earlier + tracks + 5);
    assert.equal((await server.stored()) - earlier, tracks + 5);
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
    assert.equal(identified.properties.$anon_distinct_id, `anonymous-${run}`);
    assert.deepEqual(identified.properties.$set, { plan: 'free' });
    const [purchase] = named('purchase');
    assert.equal(purchase.properties.product, 'gems_100');
    assert.equal(purchase.properties.transaction, 'o-1');
    assert.equal(named('$screen')[0].properties.$screen_name, 'Shop');
    assert.equal(named('$groupidentify')[0].properties.$group_key, 'guild-1');
    assert.equal(named('$create_alias')[0].properties.alias, `old-${run}`);
  });

  test('the same bytes again change no number', async () => {
    const earlier = await server.all();
    const { duplicates } = await server.read('pipeline');
    for (const { headers, body, url: path } of recorded) {
      const { authorization, 'content-type': type } = headers;
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { authorization, 'content-type': type },
        body,
      });
      assert.equal(response.status, 200);
    }
    await until('the repeats are noticed', async () => {
      const pipeline = await server.read('pipeline');
      return pipeline.duplicates >= duplicates + tracks + 5;
    });
    await server.processedAll();
    assert.deepEqual(await server.all(), earlier);
  });

  test('the limit of a key holds the client up, and nothing is lost or counted twice', async () => {
    const limited = new ServerNumbers(GM_LIMITED_URL, GM_LIMITED_PROJECT_KEY);
    const { client, proxy, failures } = await clientOf(limited.url, { writeKey: GM_LIMITED_WRITE_KEY, flushAt: 1 });
    for (let i = 0; i < 3; i += 1) track(client, `${eventName}_limited`);
    await client.closeAndFlush({ timeout: 30_000 });
    await proxy.close();
    assert.deepEqual(failures, []);
    assert.deepEqual(new Set(proxy.requests.map((request) => request.status)), new Set([200, 429]));
    assert.equal(await limited.stored(), 3);
  });

  test('an overloaded server is asked again after the wait it names, and nothing is lost', async () => {
    const earlier = await server.stored();
    const refusals = [await refusalOf(GM_BUSY_URL, '/v1/batch'), await refusalOf(GM_BUSY_URL, '/v1/batch', { 'X-Retry-Count': '1' })];
    assert.deepEqual(
      refusals.map((refusal) => [refusal.status, refusal.headers['retry-after']]),
      [
        [429, '1'],
        [429, '2'],
      ],
    );
    const { client, proxy, failures } = await clientOf(url, { answers: refusals, maxRetries: 0 });
    for (let i = 0; i < 5; i += 1) track(client, `${eventName}_429`);
    await client.closeAndFlush({ timeout: 10_000 });
    await proxy.close();
    assert.deepEqual(failures, [], 'the waits cost none of its retries: it has none');
    assert.deepEqual(
      proxy.requests.map((request) => request.status),
      [429, 429, 200],
    );
    const waits = proxy.requests.slice(1).map((request, index) => request.at - proxy.requests[index].at);
    assert.ok(waits[0] >= 950 && waits[1] >= 1950, `waited ${waits} ms`);
    assert.equal(proxy.requests[1].headers['x-retry-count'], '1');
    assert.equal((await server.stored()) - earlier, 5);
  });

  test('a connection that breaks and a 503 on the way lose nothing', async () => {
    const earlier = await server.stored();
    const answers = ['hang up', { status: 503, headers: {}, body: '' }];
    const { client, proxy, failures } = await clientOf(url, { answers });
    for (let i = 0; i < 5; i += 1) track(client, `${eventName}_503`);
    await client.closeAndFlush({ timeout: 15_000 });
    await proxy.close();
    assert.deepEqual(failures, []);
    assert.equal(proxy.requests.length, 3);
    assert.equal((await server.stored()) - earlier, 5);
  });

  test('a bad key is refused once and never sent again', async () => {
    const earlier = await server.stored();
    const { client, proxy, failures } = await clientOf(url, { writeKey: 'gm_wk_not_a_key' });
    track(client, eventName);
    await client.closeAndFlush({ timeout: 5_000 });
    await proxy.close();
    assert.deepEqual(
      proxy.requests.map((request) => request.status),
      [401],
    );
    assert.equal(failures.length, 1);
    assert.equal(await server.stored(), earlier);
  });

  test('a body too large is refused once and never sent again', async () => {
    const { client, proxy, failures } = await clientOf(GM_SMALL_URL, { writeKey: GM_SMALL_WRITE_KEY });
    track(client, eventName, { properties: { text: 'x'.repeat(5_000) } });
    await client.closeAndFlush({ timeout: 5_000 });
    await proxy.close();
    assert.deepEqual(
      proxy.requests.map((request) => request.status),
      [400],
    );
    assert.equal(failures.length, 1);
  });

  test('a bad event of a batch does not hold up the others', async () => {
    const earlier = await server.stored();
    const { client, proxy, failures } = await clientOf(url);
    track(client, `${eventName}_good`);
    track(client, 'x', { timestamp: new Date(0) });
    track(client, `${eventName}_good`);
    await client.closeAndFlush({ timeout: 5_000 });
    await proxy.close();
    assert.deepEqual(failures, []);
    assert.equal(proxy.requests.length, 1);
    assert.equal((await server.stored()) - earlier, 2);
  });
});
