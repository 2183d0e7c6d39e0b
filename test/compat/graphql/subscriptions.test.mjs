// Subscriptions of the real binary through the published client of graphql-sse. GM_URL: a server whose
// graphql.subscription_queue_bytes_max is small and whose keys may have two subscriptions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, NetworkError } from 'graphql-sse';

const { GM_URL, GM_METRICS_URL, GM_PROJECT_KEY, GM_WRITE_KEY } = process.env;

function connect(options = {}) {
  return createClient({
    url: `${GM_URL}/graphql`, headers: { authorization: `Bearer ${GM_PROJECT_KEY}` }, retryAttempts: 0, ...options,
  });
}

async function send(events) {
  const response = await fetch(`${GM_URL}/v1/events`, {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${GM_WRITE_KEY}` }, body: JSON.stringify({ events }),
  });
  assert.equal(response.status, 200, await response.text());
}

// A subscription's responses as they come; next() waits for one, within patience.
function listen(client, query, variables) {
  const waiting = [];
  const came = [];
  let ended;
  const give = (item) => (waiting.length ? waiting.shift()(item) : came.push(item));
  const cancel = client.subscribe({ query, variables }, {
    next: (value) => give({ value }), error: (error) => give((ended = { error })), complete: () => give((ended = { done: true })),
  });
  const next = () => {
    if (came.length) return Promise.resolve(came.shift());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing came of ${query}`)), 60_000);
      waiting.push((item) => { clearTimeout(timer); resolve(item); });
    });
  };
  return { cancel, next, ended: () => ended };
}

async function gauge(name) {
  const text = await (await fetch(`${GM_METRICS_URL}/metrics`)).text();
  return Number(text.match(new RegExp(`^${name} (\\S+)$`, 'm'))?.[1] ?? NaN);
}

async function eventually(condition, what) {
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    if (await condition()) return;
  }
  assert.fail(what);
}

test('a state comes at once and when it changes, and goes with its client', async () => {
  const client = connect();
  const pipeline = listen(client, 'subscription { pipeline(every: 1) { logEnd stored } }');
  const first = (await pipeline.next()).value;
  assert.deepEqual(first.errors, undefined);
  await send([{ event: 'level_start', player_id: 'ada' }]);
  let latest = first;
  while (latest.data.pipeline.stored === first.data.pipeline.stored) latest = (await pipeline.next()).value;
  assert.equal(latest.data.pipeline.stored, first.data.pipeline.stored + 1);
  assert.equal(await gauge('gamemetrics_graphql_subscriptions'), 1);
  pipeline.cancel();
  await eventually(async () => (await gauge('gamemetrics_graphql_subscriptions')) === 0, 'the subscription stays open');
  client.dispose();
});

test('live events come once each, in their order, by their filter', async () => {
  const client = connect();
  const query = `subscription ($filter: LiveEventFilter) { liveEvents(filter: $filter) { event playerId platform properties } }`;
  const wins = listen(client, query, { filter: { events: ['win'], playerIds: ['bob', 'cyd'] } });
  await eventually(async () => (await gauge('gamemetrics_graphql_subscriptions')) === 1, 'the subscription does not begin');
  await send([
    { event: 'win', player_id: 'ada' }, { event: 'lose', player_id: 'bob' },
    { event: 'win', player_id: 'bob', properties: { level: 1, text: 'two\nlines "quoted"' } }, { event: 'win', player_id: 'cyd' },
  ]);
  const seen = [];
  while (seen.length < 2) seen.push(...(await wins.next()).value.data.liveEvents);
  assert.deepEqual(seen.map((each) => [each.event, each.playerId]), [['win', 'bob'], ['win', 'cyd']]);
  assert.equal(seen[0].properties.text, 'two\nlines "quoted"');
  wins.cancel();
  client.dispose();
});

test('the live view and a metric follow what is sent', async () => {
  const client = connect();
  const live = listen(client, 'subscription { live(every: 1) { players30Min } }');
  const metric = listen(client, 'subscription { metric(name: "dau", every: 1) { explanation { metric } points { date value } } }');
  const before = (await live.next()).value.data.live.players30Min;
  assert.equal((await metric.next()).value.data.metric.points.length, 1);
  await send([{ event: 'level_start', player_id: 'dan' }]);
  assert.equal((await live.next()).value.data.live.players30Min, before + 1);
  const value = (await metric.next()).value.data.metric.points[0].value;
  assert.equal(value, before + 1);  // all were seen today, too, unless midnight lies between
  client.dispose();
});

test('what is faster than its reader is counted', async () => {
  const client = connect();
  const feed = listen(client, 'subscription { liveEvents(first: 5) { event } }');
  await eventually(async () => (await gauge('gamemetrics_graphql_subscriptions')) === 1, 'the subscription does not begin');
  const count = 400;
  await send(Array.from({ length: count }, (_, i) => ({ event: `burst_${i}`, player_id: 'eve' })));
  let seen = 0;
  let lost = 0;
  while (seen + lost < count) {
    const { value } = await feed.next();
    seen += value.data?.liveEvents.length ?? 0;
    for (const error of value.errors ?? []) {
      assert.equal(error.extensions.code, 'gm-subscription-lost');
      lost += error.extensions.lost;
      assert.equal(error.extensions.lostTotal, lost);
    }
  }
  assert.equal(seen + lost, count);
  assert.ok(lost > 0 && seen > 0, `seen ${seen}, lost ${lost}`);
  client.dispose();
});

test('a query has one response', async () => {
  const client = connect();
  const answer = listen(client, '{ project { name } }');
  assert.equal(typeof (await answer.next()).value.data.project.name, 'string');
  assert.ok((await answer.next()).done);
  client.dispose();
});

test('what is wrong with an operation is a response, what is wrong with a request is not', async () => {
  const client = connect();
  const invalid = listen(client, 'subscription { nothing }');
  assert.equal((await invalid.next()).value.errors[0].extensions.code, 'gm-graphql-invalid');
  assert.ok((await invalid.next()).done);
  client.dispose();
  for (const [key, status] of [['gm_pk_unknown', 401], [GM_WRITE_KEY, 403]]) {
    const stranger = connect({ headers: { authorization: `Bearer ${key}` } });
    const { error } = await listen(stranger, 'subscription { pipeline { logEnd } }').next();
    assert.ok(error instanceof NetworkError);
    assert.equal(error.response.status, status);
    stranger.dispose();
  }
});

test('a key has as many subscriptions as it may', async () => {
  const client = connect();
  const open = [listen(client, 'subscription { pipeline { logEnd } }'), listen(client, 'subscription { pipeline { stored } }')];
  for (const each of open) await each.next();
  const { error } = await listen(client, 'subscription { pipeline { rejected } }').next();
  assert.equal(error.response.status, 429);
  open[0].cancel();
  await eventually(async () => (await gauge('gamemetrics_graphql_subscriptions')) === 1, 'the place is not given back');
  assert.ok((await listen(client, 'subscription { pipeline { rejected } }').next()).value.data);
  client.dispose();
});
