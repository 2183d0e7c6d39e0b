// The published GameAnalytics client against a running server: each event counted once and mapped as documented, and nothing lost that the
// client can send again. Run by test/integration/test_gameanalytics.py.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import http from 'node:http';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const { GM_URL, GM_PROJECT_KEY, GM_GAME_KEY, GM_SECRET_KEY } = process.env;
const tight = { url: process.env.GM_TIGHT_URL, gameKey: process.env.GM_TIGHT_GAME_KEY, secretKey: process.env.GM_TIGHT_SECRET_KEY };
const limited = {
  url: process.env.GM_LIMITED_URL,
  gameKey: process.env.GM_LIMITED_GAME_KEY,
  secretKey: process.env.GM_LIMITED_SECRET_KEY,
  projectKey: process.env.GM_LIMITED_PROJECT_KEY,
};
const main = { url: GM_URL, gameKey: GM_GAME_KEY, secretKey: GM_SECRET_KEY, projectKey: GM_PROJECT_KEY };
const run = randomUUID().slice(0, 8);

async function play(options) {
  const game = { ...main, seconds: 15, ...options };
  const script = fileURLToPath(new URL('game.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)('node', [script, JSON.stringify(game)], { maxBuffer: 1 << 26 });
  const outcome = JSON.parse(stdout);
  return { ...outcome, batches: outcome.requests.filter((request) => request.url.endsWith('/events')) };
}

async function read(path, { url, projectKey } = main) {
  const response = await fetch(`${url}/api/v1/${path}`, { headers: { Authorization: `Bearer ${projectKey}` } });
  assert.equal(response.status, 200, path);
  return response.json();
}
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function processed(server = main) {
  for (let i = 0; i < 200 && (await read('pipeline', server)).lag_events > 0; i += 1) await pause(50);
  return read('pipeline', server);
}
const liveOf = async (player, server = main) => (await read('live', server)).events.filter((event) => event.player_id === player);

const signature = (secret, body) => createHmac('sha256', secret).update(body).digest('base64');
function send({ url, gameKey, secretKey }, body, path = `/v2/${gameKey}/events`) {
  return fetch(url + path, { method: 'POST', headers: { Authorization: signature(secretKey, body) }, body });
}
async function keyKnown(server) {
  for (let i = 0; i < 200; i += 1) {
    if ((await send(server, '{}', `/v2/${server.gameKey}/init`)).status === 200) return;
    await pause(50);
  }
  assert.fail('the server does not take the new pair of keys');
}

/** Between the client and the server: answers the first `times` lists of events as `refusal` says, then passes everything on. */
async function refusingProxy(refusal, times) {
  let left = times;
  const proxy = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      if (request.url.endsWith('/events') && left > 0) {
        left -= 1;
        response.writeHead(refusal.status, refusal.headers).end(refusal.body);
        return;
      }
      const answer = await fetch(GM_URL + request.url, {
        method: 'POST',
        headers: { Authorization: request.headers.authorization },
        body: Buffer.concat(chunks),
      });
      response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(await answer.text());
    });
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${proxy.address().port}`, close: () => proxy.close() };
}

const uuidsOf = (request) => JSON.parse(request.body).map((event) => event.event_uuid);

describe('gameanalytics', () => {
  before(async () => {
    await Promise.all([keyKnown(main), keyKnown(tight), keyKnown(limited)]);
  });

  test('every kind of event arrives once and as documented; the same bytes again change nothing', async () => {
    const player = `ga-${run}`;
    const game = await play({ play: 'everything', player });
    assert.equal(game.held, 0);
    assert.deepEqual([...new Set(game.requests.map((request) => request.status))], [200]);
    const stored = await processed();
    const events = await liveOf(player);
    const named = (name) => {
      const found = events.filter((event) => event.event === name);
      assert.equal(found.length, 1, `${name}: ${found.length} times`);
      return found[0];
    };
    const has = (name, wanted) => {
      const { properties } = named(name);
      for (const [key, value] of Object.entries(wanted)) assert.deepEqual(properties[key], value, `${name}.${key}`);
    };
    has('session_start', { category: 'user', session_num: 1 });
    has('purchase', { product: 'rocket', item_type: 'boosts', transaction: 1, cart_type: 'shop' });
    has('economy_source', { currency: 'gold', amount: 100, item_type: 'boosts', item: 'chest' });
    has('economy_sink', { currency: 'gold', amount: 30, item_type: 'boosts', item: 'life' });
    has('level_start', { level: 'world1:level3' });
    has('level_fail', { level: 'world1:level3', score: 40 });
    has('level_complete', { level: 'world1:level3', score: 90, attempt: 2 });
    has('Kill:Sword:Robot', { value: 1.5, custom_fields: { weapon: 'sword' } });
    has('error', { kind: 'error', message: 'it broke' });
    has('ad_impression', { placement: 'level_end', format: 'interstitial', network: 'admob' });
    has('ad_click', { placement: 'menu', format: 'banner' });
    assert.equal(typeof named('session_end').properties.seconds, 'number');
    assert.equal(events.length, 12);
    assert.equal(stored.stored, 12);

    const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const revenue = await read(`metrics/revenue?from=${day(-1)}&to=${day(1)}`);
    assert.equal(revenue.total, 4.99);
    const rejected = await read('rejected?limit=10');
    assert.equal(rejected.total, 1, 'the report of the client about its own refusal');

    for (const { url, headers, body } of game.batches)
      assert.equal((await fetch(url, { method: 'POST', headers, body })).status, 200);
    const again = await processed();
    assert.equal(again.stored, 12);
    assert.equal(again.duplicates, stored.duplicates + 12);
  });

  test('what may pass is answered with nothing, and the client sends it again', async (t) => {
    // As a server answers that has no room for the body.
    const overloaded = await send(tight, JSON.stringify([{ filler: 'x'.repeat(1_500_000) }]));
    assert.deepEqual([overloaded.status, await overloaded.text()], [503, '']);
    const retryAfter = { 'Retry-After': overloaded.headers.get('retry-after') };
    const situations = [
      { name: '503', status: 503, headers: retryAfter, body: '' },
      { name: '429', status: 429, headers: retryAfter, body: '' },
    ];
    await Promise.all(
      situations.map((refusal) =>
        t.test(refusal.name, async () => {
          const proxy = await refusingProxy(refusal, 2);
          const player = `ga-${refusal.name}-${run}`;
          const game = await play({ url: proxy.url, play: 5, player });
          proxy.close();
          const refused = game.batches.filter((request) => request.status === refusal.status);
          const taken = game.batches.filter((request) => request.status === 200);
          assert.equal(refused.length, 2);
          assert.equal(game.held, 0, 'the client keeps nothing');
          const sent = taken.flatMap(uuidsOf);
          assert.equal(new Set(sent).size, sent.length, 'nothing is sent again once it was taken');
          for (const uuid of refused.flatMap(uuidsOf)) assert.ok(sent.includes(uuid), 'all of it comes again');
          await processed();
          const events = await liveOf(player);
          assert.equal(events.filter((event) => event.event === 'Shot').length, 5);
          assert.equal(events.filter((event) => event.event === 'session_start').length, 1);
        }),
      ),
    );
  });

  test('the limit of a key holds the client up, and nothing is lost or counted twice', async () => {
    const player = `ga-limited-${run}`;
    const game = await play({ ...limited, play: 5, player });
    assert.deepEqual(new Set(game.batches.map((request) => request.status)), new Set([200, 429]));
    assert.equal(game.held, 0, 'the client keeps nothing');
    await processed(limited);
    const events = await liveOf(player, limited);
    assert.equal(events.filter((event) => event.event === 'Shot').length, 5);
    assert.equal(events.filter((event) => event.event === 'session_start').length, 1);
  });

  test('what is too large is not sent for ever', async (t) => {
    const situations = [
      { name: 'a list with too many events', server: tight, play: 300 },
      { name: 'a body with too many bytes', server: main, play: 490, bulky: true },
    ];
    await Promise.all(
      situations.map(({ name, server, play: count, bulky }) =>
        t.test(name, async () => {
          const game = await play({ ...server, play: count, bulky, player: `ga-413-${count}-${run}` });
          const statuses = game.batches.map((request) => request.status);
          assert.ok(statuses.includes(413), JSON.stringify(statuses));
          assert.equal(game.held, 0);
          const sent = game.batches.flatMap(uuidsOf);
          assert.equal(new Set(sent).size, sent.length, 'no event is sent a second time');
        }),
      ),
    );
  });

  test('with a wrong secret key the client stops at init', async () => {
    const wrong = { ...main, secretKey: 'x'.repeat(40) };
    const game = await play({ ...wrong, play: 3, player: `ga-401-${run}`, seconds: 2 });
    assert.deepEqual(
      game.requests.map((request) => request.status),
      [401],
    );
    const direct = await send(wrong, '[]');
    assert.equal(direct.status, 401);
    assert.notEqual(await direct.text(), '');
  });
});
