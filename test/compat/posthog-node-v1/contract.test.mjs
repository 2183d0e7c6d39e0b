// The published posthog-node client with capture protocol v1 against a running server. test/sdk_contract.py sets the variables.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { PostHog } from 'posthog-node';
import { forward, refusals, ServerView, standIn } from '../support/server_view.mjs';

const { GM_URL, GM_WRITE_KEY, GM_PROJECT_KEY, GM_SMALL_URL, GM_SMALL_WRITE_KEY, GM_BUSY_URL, POSTHOG_CAPTURE_MODE } =
  process.env;
const { GM_LIMITED_URL, GM_LIMITED_WRITE_KEY, GM_LIMITED_PROJECT_KEY } = process.env;
const server = new ServerView(GM_URL, GM_PROJECT_KEY);
const path = '/i/v1/analytics/events';
const open = [];
after(() => Promise.all(open.map((one) => one.close())));

async function between(url, answers) {
  const made = await standIn(url, answers);
  open.push(made);
  return made;
}

/** Sends with a client of its own, to its end; gives the player and what the client reported. */
async function send(proxy, capture, key = GM_WRITE_KEY, options = {}) {
  const player = `posthog-v1-${randomUUID()}`;
  const failures = [];
  const client = new PostHog(key, { host: `http://127.0.0.1:${proxy.port}`, flushAt: 100, fetchRetryDelay: 100, ...options });
  client.on('error', (error) => failures.push(error));
  capture(client, player);
  await client.shutdown();
  return { player, failures };
}

const levels = (count) => (client, player) => {
  for (let level = 1; level <= count; level += 1)
    client.capture({ distinctId: player, event: 'level_start', properties: { level, $session_id: 's-1' } });
};
const statuses = (proxy) => proxy.requests.map((request) => request.status);
const sorted = (events) => events.map((one) => one.properties.level).toSorted((a, b) => a - b);

test('the client speaks v1', () => assert.equal(POSTHOG_CAPTURE_MODE, 'v1'));

test('events are stored once and mapped', async () => {
  const proxy = await between(GM_URL);
  const { player, failures } = await send(proxy, (client, id) => {
    levels(5)(client, id);
    client.identify({ distinctId: id, properties: { plan: 'free' } });
  });
  assert.deepEqual(failures, []);
  assert.deepEqual(new Set(proxy.requests.map((request) => request.path)), new Set([path]));
  const events = await server.eventsOf(player, 6);
  const starts = events.filter((one) => one.event === 'level_start');
  assert.deepEqual(sorted(starts), [1, 2, 3, 4, 5]);
  assert.equal(starts[0].properties.$lib, 'posthog-node');
  assert.equal(starts[0].properties.$session_id, 's-1');
  assert.equal(events.find((one) => one.event === '$identify').properties.$set.plan, 'free');

  const earlier = await server.numbers();
  for (const request of proxy.requests) {
    const answer = await forward(GM_URL, request);
    assert.equal(String(answer.body), '{"results":{}}');
  }
  assert.deepEqual(await server.numbers(), earlier);
});

test('a refused event is named to the client, the others are stored', async () => {
  const proxy = await between(GM_URL);
  const { player, failures } = await send(proxy, (client, id) => {
    levels(2)(client, id);
    client.capture({ distinctId: 'undefined', event: 'lost' });
  });
  assert.deepEqual(sorted(await server.eventsOf(player, 2)), [1, 2]);
  assert.equal(failures.length, 1);
  assert.deepEqual(failures[0].drops.map((drop) => drop.details), ['player_id_refused']);
  assert.deepEqual(statuses(proxy), [200]);
});

for (const refusal of ['busy', 'tooMany']) {
  test(`nothing is lost or counted twice when the server answers ${refusal}`, async () => {
    const answers = await refusals(GM_BUSY_URL, { path });
    const proxy = await between(GM_URL, [answers[refusal], answers[refusal]]);
    const { player, failures } = await send(proxy, levels(3));
    assert.deepEqual(failures, []);
    assert.deepEqual(sorted(await server.eventsOf(player, 3)), [1, 2, 3]);
    assert.deepEqual(statuses(proxy), [answers[refusal].status, answers[refusal].status, 200]);
  });
}

test('the limit of a key holds the client up, and nothing is lost or counted twice', async () => {
  const proxy = await between(GM_LIMITED_URL);
  const everyEventAlone = { flushAt: 1, maxBatchSize: 1, fetchRetryDelay: 3000 }; // 3000 is the client's own default
  const { player, failures } = await send(proxy, levels(3), GM_LIMITED_WRITE_KEY, everyEventAlone);
  assert.deepEqual(new Set(statuses(proxy)), new Set([200, 429]));
  assert.deepEqual(failures, []);
  const limited = new ServerView(GM_LIMITED_URL, GM_LIMITED_PROJECT_KEY);
  assert.deepEqual(sorted(await limited.eventsOf(player, 3)), [1, 2, 3]);
});

test('a wrong key is refused once, and the client says so', async () => {
  const proxy = await between(GM_URL);
  const { failures } = await send(proxy, levels(1), 'not-a-key');
  assert.deepEqual(statuses(proxy), [401]);
  assert.match(failures[0].message, /HTTP 401: {"error":"key_unknown"/);
});

test('a body that is too large is refused once, and the client says so', async () => {
  const proxy = await between(GM_SMALL_URL);
  const noise = Array.from({ length: 400 }, () => randomUUID()).join('');
  const { failures } = await send(
    proxy,
    (client, id) => client.capture({ distinctId: id, event: 'large', properties: { noise } }),
    GM_SMALL_WRITE_KEY,
  );
  assert.deepEqual(statuses(proxy), [413]);
  assert.match(failures[0].message, /HTTP 413: {"error":"body_too_large"/);
});
