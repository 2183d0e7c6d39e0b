// The published Snowplow tracker against a running server. test/sdk_contract.py sets the variables.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { buildPageView, buildSelfDescribingEvent, buildStructEvent, newTracker } from '@snowplow/node-tracker';
import { forward, refusals, ServerView, standIn, until } from '../support/server_view.mjs';

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

function tracker(port, { key = GM_WRITE_KEY, eventMethod = 'post', encodeBase64 = true, customHeaders } = {}) {
  const player = `snowplow-${randomUUID()}`;
  const made = newTracker(
    { namespace: 'contract', appId: key, encodeBase64 },
    {
      endpoint: '127.0.0.1',
      protocol: 'http',
      port,
      eventMethod,
      customHeaders,
      bufferSize: 1000,
    },
  );
  made.setUserId(player);
  made.setPlatform('mob');
  return { made, player };
}

const level = (number) =>
  buildSelfDescribingEvent({
    event: { schema: 'iglu:com.mygame/level_complete/jsonschema/1-0-0', data: { level: number, name: 'Zürich 😀' } },
  });
const path = '/com.snowplowanalytics.snowplow/tp2';
const statuses = (recorder) => recorder.requests.map((request) => request.status);
const levels = (events) => events.map((entry) => entry.properties.level);

for (const encodeBase64 of [true, false]) {
  test(`posts are stored once and mapped (base64: ${encodeBase64})`, async () => {
    const recorder = await between(GM_URL);
    const { made, player } = tracker(recorder.port, { encodeBase64 });
    made.setSessionId('s-1');
    made.track(level(3), [
      {
        schema: 'iglu:com.snowplowanalytics.snowplow/mobile_context/jsonschema/1-0-2',
        data: { osType: 'ios', osVersion: '17', deviceManufacturer: 'Apple', deviceModel: 'iPhone15,2' },
      },
    ]);
    made.track(
      buildStructEvent({ category: 'shop', action: 'store_open', label: 'menu', property: undefined, value: 7 }),
    );
    made.track(buildPageView({ pageUrl: 'https://game.example/', pageTitle: 'Start' }));
    await made.flush();
    const events = await server.eventsOf(player, 3);
    const named = Object.fromEntries(events.map((entry) => [entry.event, entry]));
    assert.deepEqual(Object.keys(named).toSorted(), ['$pageview', 'level_complete', 'store_open']);
    assert.equal(events.length, 3);
    assert.equal(named.level_complete.properties.level, 3);
    assert.equal(named.level_complete.properties.name, 'Zürich 😀');
    assert.equal(named.level_complete.properties.contexts[0].data.deviceModel, 'iPhone15,2');
    assert.equal(named.store_open.properties.value, 7);
    assert.equal(named.store_open.properties.category, 'shop');
    assert.equal(named.$pageview.properties.$current_url, 'https://game.example/');
    assert.ok(!JSON.stringify(events).includes(GM_WRITE_KEY), 'the key is not kept');

    const earlier = await server.numbers();
    for (const request of recorder.requests) {
      const answer = await forward(GM_URL, request);
      assert.equal(answer.status, 200);
      assert.equal(String(answer.body), 'ok');
      assert.match(answer.headers['set-cookie'], /^sp=[0-9a-f-]{36}; Max-Age=31536000/);
    }
    assert.deepEqual(await server.numbers(), earlier);
  });
}

test('pixels are stored', async () => {
  const recorder = await between(GM_URL);
  const { made, player } = tracker(recorder.port, { eventMethod: 'get' });
  made.track(level(1));
  made.track(level(2));
  await made.flush();
  assert.deepEqual(levels(await server.eventsOf(player, 2)), [1, 2]);
  assert.ok(recorder.requests.every((request) => request.method === 'GET' && request.path.startsWith('/i?')));
});

test('the key may stand in a header, and the app id is a name then', async () => {
  const recorder = await between(GM_URL);
  const { made, player } = tracker(recorder.port, {
    key: 'my-game',
    customHeaders: { Authorization: `Bearer ${GM_WRITE_KEY}` },
  });
  made.track(level(1));
  await made.flush();
  assert.equal((await server.eventsOf(player, 1))[0].properties.aid, 'my-game');
});

for (const refusal of ['busy', 'tooMany']) {
  test(`nothing is lost or counted twice when the server answers ${refusal}`, async () => {
    const answers = await refusals(GM_BUSY_URL, { path });
    const proxy = await between(GM_URL, [answers[refusal], answers[refusal]]);
    const { made, player } = tracker(proxy.port);
    for (let number = 1; number <= 5; number += 1) made.track(level(number));
    for (let attempt = 0; attempt < 3; attempt += 1) await made.flush();
    assert.deepEqual(levels(await server.eventsOf(player, 5)), [1, 2, 3, 4, 5]);
    await made.flush();
    assert.deepEqual(statuses(proxy), [answers[refusal].status, answers[refusal].status, 200]);
  });
}

test('the limit of a key holds the tracker up, and nothing is lost or counted twice', async () => {
  const limited = new ServerView(GM_LIMITED_URL, GM_LIMITED_PROJECT_KEY);
  const proxy = await between(GM_LIMITED_URL);
  const { made, player } = tracker(proxy.port, { key: GM_LIMITED_WRITE_KEY, eventMethod: 'get' }); // one request an event
  for (let number = 1; number <= 3; number += 1) made.track(level(number));
  await until('everything is taken', async () => {
    await made.flush();
    return statuses(proxy).filter((status) => status === 200).length >= 3;
  });
  assert.deepEqual(new Set(statuses(proxy)), new Set([200, 429]));
  assert.deepEqual(levels(await limited.eventsOf(player, 3)).toSorted(), [1, 2, 3]);
});

test('a wrong key is refused once, not sent for ever', async () => {
  const recorder = await between(GM_URL);
  const { made } = tracker(recorder.port, { key: 'not-a-key' });
  made.track(level(1));
  for (let attempt = 0; attempt < 3; attempt += 1) await made.flush();
  assert.deepEqual(statuses(recorder), [401]);
});

test('a body that is too large is given up, and what follows is stored', async () => {
  const small = new ServerView(GM_SMALL_URL, GM_SMALL_PROJECT_KEY);
  const recorder = await between(GM_SMALL_URL);
  const { made, player } = tracker(recorder.port, { key: GM_SMALL_WRITE_KEY });
  made.track(buildStructEvent({ category: 'x'.repeat(5000), action: 'large' }));
  for (let attempt = 0; attempt < 3; attempt += 1) await made.flush();
  assert.deepEqual(statuses(recorder), [400]);
  made.track(level(2));
  await made.flush();
  assert.deepEqual(levels(await small.eventsOf(player, 1)), [2]);
  assert.deepEqual(statuses(recorder), [400, 200]);
});
