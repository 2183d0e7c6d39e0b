// The published mixpanel client against a running server: each event counted once and mapped as documented, each refusal told to the game.
// Run by test/integration/test_mixpanel.py.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import Mixpanel from 'mixpanel';

const { GM_URL, GM_WRITE_KEY, GM_PROJECT_KEY, GM_TIGHT_URL, GM_TIGHT_WRITE_KEY } = process.env;
const { GM_LIMITED_URL, GM_LIMITED_WRITE_KEY, GM_LIMITED_PROJECT_KEY } = process.env;
const main = { url: GM_URL, projectKey: GM_PROJECT_KEY };
const run = randomUUID().slice(0, 8);
const now = Date.now();
const shotsSent = 60; // in two requests: the client sends 50 at most

/** Between the client and the server: keeps every request, and answers those that `refuse` has an answer for itself. */
class Wire {
  requests = [];
  refuse = () => undefined;

  async open(target) {
    this.server = http.createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const sent = { method: request.method, url: request.url, contentType: request.headers['content-type'], body };
      const refusal = this.refuse(sent);
      const answer = refusal ?? (await forward(target, sent));
      this.requests.push({ ...sent, ...answer, path: request.url.split('?')[0] });
      response.writeHead(answer.status, { 'Content-Type': 'text/plain' }).end(answer.text);
    });
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }
  client(token, config = {}) {
    const { port } = this.server.address();
    const made = Mixpanel.init(token, { host: '127.0.0.1', port, protocol: 'http', keepAlive: false, ...config });
    const promised = (object, name) => promisify(object[name].bind(object));
    return {
      track: promised(made, 'track'),
      trackBatch: promised(made, 'track_batch'),
      import: promised(made, 'import'),
      importBatch: promised(made, 'import_batch'),
      alias: promised(made, 'alias'),
      peopleSet: promised(made.people, 'set'),
      peopleIncrement: promised(made.people, 'increment'),
      groupsSet: promised(made.groups, 'set'),
    };
  }
  close() {
    this.server.close();
  }
}

async function forward(target, { method, url, contentType, body }) {
  const answer = await fetch(target + url, {
    method,
    headers: contentType ? { 'Content-Type': contentType } : {},
    body: method === 'GET' ? undefined : body,
  });
  return { status: answer.status, text: await answer.text() };
}

async function read(path, { url, projectKey } = main) {
  const response = await fetch(`${url}/api/v1/${path}`, { headers: { Authorization: `Bearer ${projectKey}` } });
  assert.equal(response.status, 200, path);
  return response.json();
}
async function processed(server = main) {
  for (let i = 0; i < 200 && (await read('pipeline', server)).lag_events > 0; i += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return read('pipeline', server);
}
const liveOf = async (player) => (await read('live')).events.filter((event) => event.player_id === player);

describe('mixpanel', { concurrency: false }, () => {
  const wire = new Wire();
  const tight = new Wire();

  before(() => Promise.all([wire.open(GM_URL), tight.open(GM_TIGHT_URL)]));
  after(() => {
    wire.close();
    tight.close();
  });

  test('every kind of call arrives once and as documented', async () => {
    const player = `mp-${run}`;
    const client = wire.client(GM_WRITE_KEY, { key: GM_WRITE_KEY });
    const base = { distinct_id: player };
    const at = (ms) => ({ time: new Date(now - ms), $insert_id: randomUUID() });
    const stored = (await processed()).stored;
    await client.track('level_start', { ...base, ...at(5000), level: 3, $os: 'iOS' });
    await client.track('purchase', { ...base, ...at(4000), product: 'rocket', revenue: 4.99, currency: 'USD' });
    const batch = Array.from({ length: shotsSent }, (_, shot) => ({ event: 'Shot>>>', properties: { ...base, ...at(shot), shot } }));
    await client.trackBatch(batch);
    await client.import('old_event', new Date(now - 86_400_000), { ...base, $insert_id: 'short-id', note: 'ä>>>???~' });
    await client.importBatch([{ event: 'old_event', properties: { ...base, time: new Date(now - 90_000_000), $insert_id: 'short-id' } }]);
    await client.alias(player, `${player}-alias`);
    await client.peopleSet(player, { plan: 'gold', ip: '192.0.2.7' }, { $time: new Date(now) });
    await client.peopleIncrement(player, { gold: 5 }, { $time: new Date(now) });
    await client.groupsSet('guild', `g-${run}`, { size: 9 }, { $time: new Date(now) });

    assert.deepEqual([...new Set(wire.requests.map((request) => request.text))], ['1']);
    assert.equal((await processed()).stored - stored, shotsSent + 8);
    const events = await liveOf(player);
    const one = (name) => {
      const found = events.filter((event) => event.event === name);
      assert.equal(found.length, 1, `${name}: ${found.length} times`);
      return found[0].properties;
    };
    assert.equal(one('level_start').level, 3);
    assert.equal(one('purchase').product, 'rocket');
    assert.equal(one('$create_alias').alias, `${player}-alias`);
    const shots = events.filter((event) => event.event === 'Shot>>>').map((event) => event.properties.shot);
    assert.deepEqual(shots.toSorted((a, b) => a - b), Array.from({ length: shotsSent }, (_, i) => i));
    const facts = events.filter((event) => event.event === '$set').map((event) => event.properties);
    assert.deepEqual(facts.find((fact) => fact.$set), { $set: { plan: 'gold' } });
    assert.deepEqual(facts.find((fact) => fact.$add), { $add: { gold: 5 } });
    const [group] = await liveOf(`$guild_g-${run}`);
    assert.deepEqual(group.properties, { $group_set: { size: 9 }, $group_type: 'guild', $group_key: `g-${run}` });
    const text = JSON.stringify(events);
    assert.ok(!text.includes('192.0.2.7') && !text.includes(GM_WRITE_KEY), 'neither addresses nor keys are kept');
    const day = (days) => new Date(now + days * 86_400_000).toISOString().slice(0, 10);
    const range = `from=${day(-3)}&to=${day(1)}`;
    assert.equal((await read(`metrics/revenue?${range}`)).total, 4.99);
    // What is imported is counted on its own day; the live view shows the last half hour.
    const { rows } = await read(`events/top?${range}&limit=100`);
    assert.equal(rows.find((row) => row.event === 'old_event')?.events, 2);
  });

  test('the same bytes again change no number', async () => {
    // The alias has neither time nor id: nothing tells a second call from a repeat.
    const repeatable = wire.requests.filter(({ url, body }) => {
      const data = new URL(url, 'http://x').searchParams.get('data') ?? body.toString().slice('data='.length);
      return !Buffer.from(data, 'base64').toString().includes('$create_alias');
    });
    const before = await processed();
    for (const request of repeatable) assert.equal((await forward(GM_URL, request)).text, '1');
    const later = await processed();
    assert.equal(later.stored, before.stored);
    assert.equal(later.duplicates - before.duplicates, shotsSent + 7);
  });

  test('an event that is refused is told to the game, and the others of its batch are stored', async () => {
    const player = `mp-bad-${run}`;
    const client = wire.client(GM_WRITE_KEY, { verbose: true });
    await assert.rejects(client.track('x', { distinct_id: 'null' }), /player_id_refused/);
    const batch = ['good', 'good', ''].map((event) => ({ event, properties: { distinct_id: player, time: new Date(), n: Math.random() } }));
    await assert.rejects(client.trackBatch(batch), (errors) => /event_name_missing/.test(String(errors)));
    await processed();
    assert.equal((await liveOf(player)).length, 2);
    assert.equal((await read('rejected?limit=10')).total, 2);
  });

  const once = (situation, requests, errors) => {
    assert.equal(requests.length, 1, `${situation}: sent once, and not again`);
    assert.match(String(errors), /Mixpanel Server Error/);
  };

  test('a wrong token is an error of the call', async () => {
    const from = wire.requests.length;
    const error = await wire.client('gm_wk_not_a_key').track('x', { distinct_id: 'p' }).catch((reason) => reason);
    once('401', wire.requests.slice(from), error);
    assert.deepEqual([wire.requests[from].status, wire.requests[from].text], [401, '0']);
  });

  test('what is too large is an error of the call', async () => {
    const client = tight.client(GM_TIGHT_WRITE_KEY, { verbose: true });
    const error = await client.trackBatch([{ event: 'x', properties: { distinct_id: 'p', text: 'x'.repeat(20_000) } }]).catch((reason) => reason);
    once('413', tight.requests, error);
    assert.equal(tight.requests[0].status, 413);
    assert.equal(JSON.parse(tight.requests[0].text).status, 0);
  });

  test('overload is an error of the call, and sent again by the game it is counted once', async () => {
    // As a server answers that has no room for the body.
    const overloaded = await forward(GM_URL, { method: 'POST', url: '/track?verbose=0', body: 'x'.repeat(1_500_000) });
    assert.deepEqual(overloaded, { status: 503, text: '0' });
    const client = wire.client(GM_WRITE_KEY);
    for (const status of [503, 429]) {
      const player = `mp-${status}-${run}`;
      const properties = () => ({ distinct_id: player, time: new Date(now), $insert_id: `${run}-${status}` });
      let left = 1;
      wire.refuse = () => (left-- > 0 ? { status, text: overloaded.text } : undefined);
      const from = wire.requests.length;
      const error = await client.track('x', properties()).catch((reason) => reason);
      once(String(status), wire.requests.slice(from), error);
      await client.track('x', properties());
      await client.track('x', properties());
      await processed();
      assert.equal((await liveOf(player)).length, 1);
    }
  });

  test('the limit of a key is an error of the call, and sent again by the game everything is counted once', async () => {
    const limited = { url: GM_LIMITED_URL, projectKey: GM_LIMITED_PROJECT_KEY };
    const held = new Wire();
    await held.open(limited.url);
    const client = held.client(GM_LIMITED_WRITE_KEY);
    const event = (number) => ({ distinct_id: `mp-limited-${run}`, time: new Date(now), $insert_id: `${run}-limited-${number}` });
    for (let number = 0; number < 3; number += 1) {
      const error = await client.track('x', event(number)).catch((reason) => reason);
      if (!error) continue;
      once('429', held.requests.slice(-1), error);
      await new Promise((resolve) => setTimeout(resolve, 1100));
      number -= 1;
    }
    held.close();
    assert.deepEqual(new Set(held.requests.map((request) => request.status)), new Set([200, 429]));
    assert.equal((await processed(limited)).stored, 3);
  });

  test('questions for flags are answered with none', async () => {
    assert.deepEqual(await (await fetch(`${GM_URL}/flags?token=x`)).json(), { code: 200, flags: {} });
    assert.deepEqual(await (await fetch(`${GM_URL}/flags/definitions?token=x`)).json(), { flags: [] });
  });
});
