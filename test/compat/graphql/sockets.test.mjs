// GraphQL over WebSockets of the real binary: the published client of graphql-ws, and ws for what that client never does.
// GM_URL: a server whose sockets have to greet within 500 ms, may have four operations and messages of 4 KiB, three of a key.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const { GM_URL, GM_METRICS_URL, GM_PROJECT_KEY, GM_WRITE_KEY } = process.env;
const url = `${GM_URL.replace('http', 'ws')}/graphql`;
const bearer = (key) => ({ authorization: `Bearer ${key}` });

function connect(options = {}) {
  return createClient({ url, webSocketImpl: WebSocket, connectionParams: bearer(GM_PROJECT_KEY), retryAttempts: 0, ...options });
}

async function send(events) {
  const response = await fetch(`${GM_URL}/v1/events`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...bearer(GM_WRITE_KEY) }, body: JSON.stringify({ events }),
  });
  assert.equal(response.status, 200, await response.text());
}

async function metric(name) {
  const text = await (await fetch(`${GM_METRICS_URL}/metrics`)).text();
  return Number(text.split('\n').find((line) => line.startsWith(`${name} `))?.split(' ')[1] ?? 0);
}

async function eventually(condition, what) {
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    if (await condition()) return;
  }
  assert.fail(what);
}

// A socket that says what it is told; closed: the code and the reason of its end.
async function raw({ protocol = 'graphql-transport-ws', greet = true } = {}) {
  const socket = new WebSocket(url, protocol);
  const closed = once(socket, 'close').then(([code, reason]) => ({ code, reason: String(reason) }));
  const heard = [];
  socket.on('message', (data) => heard.push(JSON.parse(data)));
  await once(socket, 'open');
  const say = (message) => socket.send(JSON.stringify(message));
  if (greet) {
    say({ type: 'connection_init', payload: bearer(GM_PROJECT_KEY) });
    await eventually(() => heard.length, 'no answer to connection_init');
    assert.deepEqual(heard.shift(), { type: 'connection_ack' });
  }
  return { socket, closed, heard, say };
}

const subscription = { query: 'subscription { pipeline(every: 3600) { logEnd } }' };

test('a subscription comes at once, when it changes, and goes with its client', async () => {
  const client = connect();
  const responses = client.iterate({ query: 'subscription { pipeline(every: 1) { logEnd stored } }' });
  const first = (await responses.next()).value;
  assert.deepEqual(first.errors, undefined);
  await send([{ event: 'level_start', player_id: 'ada' }]);
  let latest = first;
  while (latest.data.pipeline.stored === first.data.pipeline.stored) latest = (await responses.next()).value;
  assert.equal(latest.data.pipeline.stored, first.data.pipeline.stored + 1);
  assert.equal(await metric('gamemetrics_graphql_sockets'), 1);
  await responses.return();
  await eventually(async () => (await metric('gamemetrics_graphql_subscriptions')) === 0, 'the subscription stays open');
  await client.dispose();
  await eventually(async () => (await metric('gamemetrics_graphql_sockets')) === 0, 'the socket stays open');
  assert.equal(await metric('gamemetrics_graphql_sockets_closed_total{reason="client_closed"}'), 1);
});

test('live events come once each, in their order, by their filter', async () => {
  const client = connect();
  const wins = client.iterate({
    query: 'subscription ($filter: LiveEventFilter) { liveEvents(filter: $filter) { event playerId properties } }',
    variables: { filter: { events: ['win'], playerIds: ['bob', 'cyd'] } },
  });
  const begun = wins.next();
  await eventually(async () => (await metric('gamemetrics_graphql_subscriptions')) === 1, 'the subscription does not begin');
  await send([
    { event: 'win', player_id: 'ada' }, { event: 'lose', player_id: 'bob' },
    { event: 'win', player_id: 'bob', properties: { text: 'two\nlines "quoted"' } }, { event: 'win', player_id: 'cyd' },
  ]);
  const seen = (await begun).value.data.liveEvents;
  while (seen.length < 2) seen.push(...(await wins.next()).value.data.liveEvents);
  assert.deepEqual(seen.map((each) => [each.event, each.playerId]), [['win', 'bob'], ['win', 'cyd']]);
  assert.equal(seen[0].properties.text, 'two\nlines "quoted"');
  await client.dispose();
});

test('queries and subscriptions share a socket', async () => {
  const client = connect();
  const pipeline = client.iterate(subscription);
  await pipeline.next();
  const names = [];
  for (let i = 0; i < 5; ++i) {
    const answers = [];
    for await (const answer of client.iterate({ query: '{ project { name } }' })) answers.push(answer);
    assert.equal(answers.length, 1);
    names.push(answers[0].data.project.name);
  }
  assert.equal(new Set(names).size, 1);
  assert.equal(await metric('gamemetrics_graphql_sockets'), 1);
  await client.dispose();
});

test('an operation of which nothing runs is an error, and the socket goes on', async () => {
  const client = connect({ lazy: false });
  await assert.rejects(client.iterate({ query: '{ nothing }' }).next(), (errors) => errors[0].extensions.code === 'gm-graphql-invalid');
  assert.ok((await client.iterate({ query: '{ project { name } }' }).next()).value.data);
  await client.dispose();
});

test('a wrong key is refused: in the payload with 4403, in the header with the status of every route', async () => {
  for (const key of ['gm_pk_unknown', GM_WRITE_KEY]) {
    const client = connect({ connectionParams: bearer(key) });
    await assert.rejects(client.iterate(subscription).next(), (event) => event.code === 4403);
    await client.dispose();
    const socket = new WebSocket(url, 'graphql-transport-ws', { headers: bearer(key) });
    const [, response] = await once(socket, 'unexpected-response');
    assert.equal(response.statusCode, key === GM_WRITE_KEY ? 403 : 401);
    response.destroy();
  }
});

test('a key in the header needs none in the payload', async () => {
  const socket = new WebSocket(url, 'graphql-transport-ws', { headers: bearer(GM_PROJECT_KEY) });
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  const [data] = await once(socket, 'message');
  assert.deepEqual(JSON.parse(data), { type: 'connection_ack' });
  socket.close();
  await once(socket, 'close');
});

test('what the protocol forbids closes the socket with its code', async () => {
  const query = (id, text = '{ project { name } }') => ({ id, type: 'subscribe', payload: { query: text } });
  for (const [code, greet, messages] of [
    [4400, true, [{ type: 'start' }]],
    [4401, false, [query('1')]],
    [4408, false, []],
    [4409, true, [{ id: 's', type: 'subscribe', payload: subscription }, query('s')]],
    [4429, true, [{ type: 'connection_init' }]],
  ]) {
    const { closed, say } = await raw({ greet });
    messages.forEach(say);
    assert.equal((await closed).code, code);
  }
  for (const [code, data] of [[1003, Buffer.from('{}')], [1009, 'x'.repeat(5000)]]) {
    const { closed, socket } = await raw({ greet: false });
    socket.send(data);
    assert.equal((await closed).code, code);
  }
});

test('another subprotocol and another version are refused in words', async () => {
  for (const [protocol, options, status] of [['graphql-ws', {}, 400], ['graphql-transport-ws', { protocolVersion: 8 }, 426]]) {
    const socket = new WebSocket(url, protocol, options);
    const [, response] = await once(socket, 'unexpected-response');
    assert.equal(response.statusCode, status);
    response.destroy();
  }
});

test('sockets of a key and operations of a socket are bounded', async () => {
  const open = [await raw(), await raw(), await raw()];
  const more = await raw({ greet: false });
  more.say({ type: 'connection_init', payload: bearer(GM_PROJECT_KEY) });
  assert.match((await more.closed).reason, /gm-graphql-too-many-sockets/);
  for (const id of ['1', '2', '3', '4', '5']) open[0].say({ id, type: 'subscribe', payload: subscription });
  await eventually(() => open[0].heard.some((each) => each.type === 'error'), 'the fifth is not refused');
  const refused = open[0].heard.find((each) => each.type === 'error');
  assert.equal(refused.id, '5');
  assert.equal(refused.payload[0].extensions.code, 'gm-graphql-too-many-operations');
  for (const each of open) each.socket.close();
  await Promise.all(open.map((each) => each.closed));
  await eventually(async () => (await metric('gamemetrics_graphql_sockets')) === 0, 'a socket stays');
});
