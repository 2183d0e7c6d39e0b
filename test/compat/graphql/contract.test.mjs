// The endpoint of the real binary: the audits of graphql-http, the schema as clients see it, numbers as REST gives them,
// limits and refusals. GM_URL: a server with GM_EVENTS events of one day sent to it; GM_CLOSED_URL: one with
// introspection off.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema } from 'graphql';
import { serverAudits } from 'graphql-http';

const { GM_URL, GM_PROJECT_KEY, GM_WRITE_KEY, GM_CLOSED_URL, GM_CLOSED_PROJECT_KEY, GM_DAY } = process.env;
const JSON_TYPE = { 'content-type': 'application/json' };
const authorised = (key) => ({ authorization: `Bearer ${key}` });

function fetchWithKey(url, options = {}) {
  const headers = new Headers(options.headers);
  headers.set('authorization', `Bearer ${GM_PROJECT_KEY}`);
  return fetch(url, { ...options, headers });
}

async function ask(query, { variables, operationName, url = GM_URL, key = GM_PROJECT_KEY, accept = 'application/graphql-response+json' } = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST', headers: { ...JSON_TYPE, ...authorised(key), accept }, body: JSON.stringify({ query, variables, operationName }),
  });
  return { status: response.status, body: await response.json() };
}

async function rest(path) {
  return (await fetchWithKey(`${GM_URL}/api/v1/${path}`)).json();
}

test('the audits of GraphQL over HTTP', async (t) => {
  const audits = serverAudits({ url: `${GM_URL}/graphql`, fetchFn: fetchWithKey });
  assert.ok(audits.length >= 60, `${audits.length} audits`);
  const failed = [];
  const counts = {};
  for (const audit of audits) {
    const result = await audit.fn();
    const level = audit.name.split(' ')[0];
    counts[level] = (counts[level] ?? 0) + 1;
    if (result.status !== 'ok') failed.push(`${result.status} ${audit.id} ${audit.name}: ${result.reason}`);
  }
  t.diagnostic(`${audits.length} audits ${JSON.stringify(counts)}; not passed: ${failed.length ? failed.join('; ') : 'none'}`);
  assert.deepEqual(failed.filter((each) => !/^\S+ \S+ MAY /.test(each)), []);
});

test('clients read the very schema that is in schemas/', async () => {
  const { status, body } = await ask(getIntrospectionQuery({ specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true }));
  assert.equal(status, 200, JSON.stringify(body).slice(0, 500));
  const seen = printSchema(lexicographicSortSchema(buildClientSchema(body.data)));
  const file = new URL('../../../schemas/analytics.graphql', import.meta.url);
  assert.equal(seen, printSchema(lexicographicSortSchema(buildSchema(readFileSync(file, 'utf8')))));
});

test('the numbers are those of REST, and explained', async () => {
  const { status, body } = await ask(
    `query Numbers($from: Date!, $to: Date!) {
      project { id name timeZone currency events }
      metrics { name title definition source unit window }
      dau: metric(name: "dau", from: $from, to: $to) { explanation { metric definition timeZone window complete lateShare from to } total points { date value provisional } }
      topEvents(from: $from, to: $to, first: 5) { rows { event events share } }
      retention(from: $from, to: $to, days: [1, 0]) { days cohorts { date size cells { day players share complete } } }
    }`, { variables: { from: GM_DAY, to: GM_DAY } });
  assert.equal(status, 200);
  assert.equal(body.errors, undefined, JSON.stringify(body.errors));
  const range = `from=${GM_DAY}&to=${GM_DAY}`;
  const dau = await rest(`metrics/dau?${range}`);
  assert.deepEqual(body.data.dau.points, dau.points);
  assert.equal(body.data.dau.points[0].value, 3);
  assert.equal(body.data.dau.explanation.definition, dau.definition);
  assert.equal(body.data.dau.explanation.timeZone, dau.timezone);
  assert.equal(body.data.dau.explanation.lateShare, dau.late_share);
  assert.deepEqual(body.data.metrics, (await rest('metrics')).metrics);
  assert.deepEqual(body.data.topEvents.rows, (await rest(`events/top?${range}&limit=5`)).rows);
  assert.deepEqual(body.data.retention.cohorts.map((each) => each.size), (await rest(`retention?${range}&days=0,1`)).cohorts.map((each) => each.size));
  assert.deepEqual(body.data.retention.days, [0, 1]);
  const project = await rest('project');
  assert.deepEqual(body.data.project, { id: String(project.project), name: project.name, timeZone: project.timezone, currency: project.currency, events: project.events });
});

test('rejected events are a connection whose pages make the whole', async () => {
  const page = '{ totalCount reasons { reason events } edges { cursor node { id reason detail source receivedAt raw } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }';
  const all = (await ask(`{ rejectedEvents ${page} }`)).body.data.rejectedEvents;
  assert.equal(all.totalCount, 3);
  assert.equal(all.pageInfo.hasNextPage, false);
  const seen = [];
  let after = null;
  for (let i = 0; i < 5; ++i) {
    const { rejectedEvents } = (await ask(`query ($after: String) { rejectedEvents(first: 2, after: $after) ${page} }`, { variables: { after } })).body.data;
    seen.push(...rejectedEvents.edges);
    assert.equal(rejectedEvents.pageInfo.hasPreviousPage, after !== null);
    after = rejectedEvents.pageInfo.endCursor;
    if (!rejectedEvents.pageInfo.hasNextPage) break;
  }
  assert.deepEqual(seen, all.edges);
  const wrong = await ask('{ rejectedEvents(after: "nothing") { totalCount } }');
  assert.equal(wrong.status, 200);
  assert.equal(wrong.body.data.rejectedEvents, null);
  assert.equal(wrong.body.errors[0].extensions.code, 'gm-query-invalid');
  assert.deepEqual(wrong.body.errors[0].path, ['rejectedEvents']);
});

test('the live view', async () => {
  const { data } = (await ask('{ live { asOf players5Min minutes { minute events players } events(first: 2) { time event playerId properties revenue } } pipeline { stored lagEvents } }')).body;
  assert.equal(data.live.minutes.length, 30);
  assert.equal(data.live.events.length, 2);
  assert.equal(typeof data.live.events[0].properties, 'object');
  assert.equal(data.pipeline.lagEvents, 0);
});

test('every field with a limit of its own says so', async () => {
  for (const [field, code] of [
    ['metric(name: "dua", from: "2026-11-01", to: "2026-11-02") { total }', 'gm-metric-unknown'],
    ['metric(name: "dau", from: "2026-11-03", to: "2026-11-02") { total }', 'gm-query-invalid'],
    ['metric(name: "dau", from: "2020-11-03", to: "2026-11-02") { total }', 'gm-query-invalid'],
    ['topEvents(from: "2026-11-01", to: "2026-11-02", first: 0) { rows { event } }', 'gm-query-invalid'],
    ['retention(from: "2026-11-01", to: "2026-11-02", days: [-1]) { days }', 'gm-query-invalid'],
  ]) {
    const { status, body } = await ask(`{ field: ${field} }`);
    assert.equal(status, 200);
    assert.equal(body.data.field, null);
    assert.equal(body.errors[0].extensions.code, code, JSON.stringify(body));
  }
  const { status, body } = await ask('{ metric(name: "dau", from: "2026-11-31", to: "2026-11-02") { total } }');
  assert.equal(status, 400);
  assert.equal(body.errors[0].extensions.rule, 'ValuesOfCorrectType');
});

test('what an operation costs is stated, and limits are known before it runs', async () => {
  const { body } = await ask('{ project { id name } }');
  assert.deepEqual(body.extensions.cost, { cost: 7, costMax: 10000, depth: 2, depthMax: 10, aliases: 0, rootFields: 1 });
  const refused = async (query, code, options) => {
    const answer = await ask(query, options);
    assert.equal(answer.status, 400);
    assert.equal(answer.body.errors[0].extensions.code, code, JSON.stringify(answer.body).slice(0, 300));
    assert.equal('data' in answer.body, false);
  };
  const many = (count, each) => Array.from({ length: count }, (_, i) => each(i)).join(' ');
  await refused('query ($n: Int!) { rejectedEvents(first: $n) { edges { cursor node { id reason detail source receivedAt raw } } } }', 'gm-graphql-too-costly', { variables: { n: 2000 } });
  await refused(`{ ${many(31, (i) => `a${i}: pipeline { stored }`)} }`, 'gm-graphql-too-many-aliases');
  await refused(`{ ...A } fragment A on Query { ...B ...B x: pipeline { stored } } fragment B on Query { ${many(16, (i) => `b${i}: pipeline { stored }`)} }`, 'gm-graphql-too-many-aliases');
  await refused(`{ ${many(21, (i) => `a${i}: pipeline { stored }`)} }`, 'gm-graphql-too-many-root-fields');
  await refused(`{ ${many(1001, () => 'project { id }')} }`, 'gm-graphql-too-many-tokens');
  await refused(`{ metric(name: ${'['.repeat(300)}`, 'gm-graphql-too-deep');
});

test('refusals have stable codes', async () => {
  const post = (body, headers = {}) => fetchWithKey(`${GM_URL}/graphql`, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body });
  const code = async (response) => [response.status, (await response.json()).errors[0].extensions.code];
  assert.deepEqual(await code(await post('[{"query":"{ __typename }"}]')), [400, 'gm-graphql-batch-refused']);
  assert.deepEqual(await code(await post('nothing')), [400, 'gm-graphql-body-malformed']);
  assert.deepEqual(await code(await post('{"query":"{ __typename }"}', { accept: 'text/html' })), [406, 'gm-graphql-not-acceptable']);
  assert.deepEqual(await code(await post('query=1', { 'content-type': 'application/x-www-form-urlencoded' })), [415, 'gm-content-type-unsupported']);
  assert.deepEqual(await code(await fetchWithKey(`${GM_URL}/graphql?query=${encodeURIComponent('mutation { __typename }')}`)), [405, 'gm-graphql-method']);
  assert.deepEqual(await code(await post(JSON.stringify({ query: 'query A { __typename } query B { __typename }' }), { accept: 'application/graphql-response+json' })), [400, 'gm-graphql-operation-unknown']);
});

test('keys', async () => {
  const query = JSON.stringify({ query: '{ project { id } }' });
  const status = async (headers) => (await fetch(`${GM_URL}/graphql`, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: query })).status;
  assert.equal(await status({}), 401);
  assert.equal(await status(authorised('gm_pk_nothing')), 401);
  assert.equal(await status(authorised(GM_WRITE_KEY)), 403);
  assert.equal(await status(authorised(GM_PROJECT_KEY)), 200);
});

test('introspection can be switched off', async () => {
  const closed = { url: GM_CLOSED_URL, key: GM_CLOSED_PROJECT_KEY };
  for (const query of ['{ __schema { queryType { name } } }', '{ __type(name: "Query") { name } }', '{ ...F } fragment F on Query { __schema { queryType { name } } }']) {
    const { status, body } = await ask(query, closed);
    assert.deepEqual([status, body.errors[0].extensions.code], [400, 'gm-graphql-introspection-off']);
  }
  assert.deepEqual((await ask('{ __typename project { __typename } }', closed)).body.data, { __typename: 'Query', project: { __typename: 'Project' } });
});
