// mock_api: stands in for the server while the dashboard is developed and in its own tests. It follows docs/reference/http-api.md but stores
// nothing and checks little. Never part of a build.
//
//   node mock/mock_api.mjs [--port 8090] [--empty] [--dist dist] [--quiet-feed]
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import {
  dateOf,
  explanation,
  generator,
  metricAnswer,
  metrics,
  randomEntry,
  retentionAnswer,
  topEventsAnswer,
} from './mock_data.mjs';
import { declare, forget, madeUpSchema, schemaPage, schemaViolations } from './mock_schema.mjs';
import { answerSql, sqlTables } from './mock_sql.mjs';

export const projectKey = 'gm_pk_mock';
export const writeKey = 'gm_wk_mock';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const policy = "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

export function startMockApi({ port = 0, empty = false, dist = null, chatter = true } = {}) {
  const state = makeState(empty);
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://mock');
    route(state, request, response, url, dist).catch((error) => problem(response, 500, 'gm-internal', String(error)));
  });
  const timers = [setInterval(() => state.streams.forEach((open) => open.write(': still here\n\n')), 15_000)];
  if (chatter && !empty) timers.push(setInterval(() => addEntry(state, randomEntry(state.random, Date.now())), 700));
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      const close = () => {
        timers.forEach(clearInterval);
        server.closeAllConnections();
        return new Promise((done) => server.close(done));
      };
      resolve({ url: `http://127.0.0.1:${server.address().port}`, state, close });
    });
  });
}

function makeState(empty) {
  const random = generator(11);
  const now = Date.now();
  const feed = empty ? [] : Array.from({ length: 100 }, (_, index) => randomEntry(random, now - index * 2600));
  const reasons = ['player_id_missing', 'event_time_too_old', 'properties_invalid', 'event_name_missing'];
  const rejected = empty
    ? []
    : Array.from({ length: 137 }, (_, index) =>
        rejectedRow(reasons[Math.floor(random() ** 2 * reasons.length)], 5000 - index * 7, now - index * 700_000),
      );
  return {
    random,
    empty,
    feed,
    rejected,
    streams: new Set(),
    seen: new Map(),
    firstEventAt: empty ? null : new Date(now - 150 * 86_400_000).toISOString(),
    duplicates: 0,
    schema: madeUpSchema(),
  };
}

const rejectedDetails = {
  player_id_missing: ['The event has no player_id.', { event: 'level_start', properties: { level: 3 } }],
  event_time_too_old: [
    'The event happened on 1970-01-01.',
    { event: 'session_start', player_id: 'p-3310', time: 86_400_000 },
  ],
  properties_invalid: ['properties is an array.', { event: 'purchase', player_id: 'p-771', properties: ['sword'] }],
  event_name_missing: ['The event has no name.', { player_id: 'p-771', properties: {} }],
};

function rejectedRow(reason, offset, ms) {
  const [detail, raw] = rejectedDetails[reason] ?? ['Refused.', {}];
  return {
    offset,
    received_at: new Date(ms).toISOString(),
    reason,
    detail,
    source: 'native',
    raw: JSON.stringify(raw),
  };
}

function addEntry(state, entry) {
  state.firstEventAt ??= entry.received_at;
  state.feed.unshift(entry);
  state.feed.length = Math.min(state.feed.length, 2000);
  for (const open of state.streams) open.write(`event: event\ndata: ${JSON.stringify(entry)}\n\n`);
}

const json = (response, value, status = 200) => {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
};

function problem(response, status, code, detail) {
  response.writeHead(status, { 'Content-Type': 'application/problem+json' });
  response.end(
    JSON.stringify({
      type: `/docs/errors#${code}`,
      title: code,
      status,
      detail,
      code,
      trace_id: '0123456789abcdef0123456789abcdef',
    }),
  );
}

async function route(state, request, response, url, dist) {
  const { pathname } = url;
  if (request.method === 'POST' && !pathname.startsWith('/api/')) return receive(state, request, response, pathname);
  // The dashboard looks here for what a server offers.
  if (pathname === '/openapi.json') return json(response, { openapi: '3.1.0', paths: { '/api/v1/schema': {} } });
  if (!pathname.startsWith('/api/'))
    return dist ? file(response, dist, pathname) : problem(response, 404, 'gm-route-unknown', 'No such route.');
  if (pathname === '/api/v1/login') return json(response, { people: false, signed_in: false });
  const key = request.headers.authorization?.replace('Bearer ', '');
  if (!key) return problem(response, 401, 'gm-key-missing', 'Send the project key as Authorization: Bearer.');
  if (key === writeKey) return problem(response, 403, 'gm-key-wrong-kind', 'This is a write key.');
  if (key !== projectKey) return problem(response, 401, 'gm-key-unknown', 'No project has this key.');
  const path = pathname.slice('/api/v1/'.length);
  return request.method === 'POST'
    ? ask(state, response, path, JSON.parse(await bodyOf(request)))
    : read(state, request, response, path, url.searchParams);
}

function ask(state, response, path, question) {
  if (path === 'schema/declare') {
    const declared = declare(state.schema, question);
    return declared ? json(response, declared) : problem(response, 404, 'gm-schema-unknown', 'Nothing was learned by that name.');
  }
  if (path === 'schema/forget') return json(response, forget(state.schema, question));
  // What charts over days ask for the flags of builds; this game has had one build for ever.
  if (path === 'query/trend') return json(response, { columns: [], rows: [], totals: [] });
  if (path !== 'sql') return problem(response, 404, 'gm-route-unknown', 'No such route.');
  const { answer, status, code, detail } = answerSql(question.sql, state.feed);
  return answer ? json(response, answer) : problem(response, status, code, detail);
}

async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces);
}

function read(state, request, response, path, parameters) {
  const today = dateOf(Date.now());
  const from = parameters.get('from') ?? today;
  const to = parameters.get('to') ?? today;
  if (path.startsWith('kept/')) return json(response, { items: [] });
  if (path === 'project')
    return json(response, {
      project: 1,
      name: state.empty ? 'New game' : 'Space Miner',
      timezone: 'UTC',
      currency: 'USD',
      created_at: '2026-06-01T00:00:00.000Z',
      first_event_at: state.firstEventAt,
      last_event_at: state.feed[0]?.received_at ?? null,
      events: state.feed.length,
    });
  if (path === 'metrics')
    return json(response, {
      metrics: Object.entries(metrics).map(([name, metric]) => ({
        ...explanation(name, metric, from, to, today),
        name,
      })),
    });
  if (path.startsWith('metrics/')) {
    const name = path.slice('metrics/'.length);
    return name in metrics
      ? json(response, metricAnswer(name, from, to, today, state.empty))
      : problem(response, 404, 'gm-metric-unknown', `There is no metric ${name}.`);
  }
  if (path === 'retention')
    return json(response, retentionAnswer(from, to, parameters.get('days').split(',').map(Number), today, state.empty));
  if (path === 'events/top')
    return json(
      response,
      topEventsAnswer(
        from,
        to,
        Number(parameters.get('limit') ?? 10),
        today,
        state.seen.size > 0 ? countByName(state) : state.empty ? [] : null,
      ),
    );
  if (path === 'live') return json(response, live(state));
  if (path === 'live/stream') return openStream(state, request, response);
  if (path === 'schema') return json(response, schemaPage(state.schema, parameters.get('event')));
  if (path === 'schema/violations') return json(response, schemaViolations(state.schema));
  if (path === 'queries') return json(response, { queries: [] });
  if (path === 'sql/tables') return json(response, sqlTables);
  if (path === 'rejected') return json(response, rejectedPage(state, parameters));
  if (path === 'pipeline')
    return json(response, {
      log_end: 90_000 + state.seen.size,
      processed: 90_000 + state.seen.size,
      lag_events: 0,
      stored: 89_000 + state.seen.size,
      duplicates: state.duplicates,
      rejected: state.rejected.length,
      last_commit_at: new Date().toISOString(),
    });
  return problem(response, 404, 'gm-route-unknown', 'No such route.');
}

function countByName(state) {
  const counts = new Map();
  for (const event of state.seen.values()) counts.set(event.event, (counts.get(event.event) ?? 0) + 1);
  return counts;
}

function live(state) {
  const now = Date.now();
  const within = (ms) =>
    new Set(state.feed.filter((entry) => Date.parse(entry.received_at) > now - ms).map((entry) => entry.player_id))
      .size;
  const minute = Math.floor(now / 60_000) * 60_000;
  const minutes = Array.from({ length: 30 }, (_, index) => {
    const start = minute - (29 - index) * 60_000;
    const random = generator(start / 60_000);
    const events = state.empty ? 0 : Math.round(60 + 50 * random());
    return { minute: new Date(start).toISOString(), events, players: Math.round(events * (0.4 + 0.1 * random())) };
  });
  return {
    as_of: new Date(now).toISOString(),
    players_5_min: within(300_000),
    players_30_min: within(1_800_000),
    minutes,
    events: state.feed.slice(0, 100),
  };
}

function openStream(state, request, response) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write(': open\n\n');
  state.streams.add(response);
  request.on('close', () => state.streams.delete(response));
}

function rejectedPage(state, parameters) {
  const limit = Number(parameters.get('limit') ?? 50);
  const before = parameters.has('before') ? Number(parameters.get('before')) : Infinity;
  const reason = parameters.get('reason');
  const matching = state.rejected.filter((row) => row.offset < before && (!reason || row.reason === reason));
  const rows = matching.slice(0, limit);
  const counts = new Map();
  for (const row of state.rejected) counts.set(row.reason, (counts.get(row.reason) ?? 0) + 1);
  const reasons = [...counts]
    .map(([name, events]) => ({ reason: name, events }))
    .toSorted((a, b) => b.events - a.events);
  return { total: state.rejected.length, reasons, rows, next: matching.length > limit ? rows.at(-1).offset : null };
}

async function receive(state, request, response, pathname) {
  const bytes = await bodyOf(request);
  const body = JSON.parse(request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes);
  if (pathname.startsWith('/flags'))
    return json(response, { flags: {}, errorsWhileComputingFlags: false, requestId: 'mock' });
  const key = pathname === '/v1/events' ? request.headers.authorization?.replace('Bearer ', '') : body.api_key;
  if (key !== writeKey) return problem(response, 401, 'gm-key-unknown', 'No project has this key.');
  const events = body.events ?? body.batch;
  const results = [];
  events.forEach((event, index) => {
    const player = event.player_id ?? event.distinct_id;
    if (!player) {
      state.rejected.unshift({
        ...rejectedRow('player_id_missing', (state.rejected[0]?.offset ?? 0) + 1, Date.now()),
        raw: JSON.stringify(event),
      });
      return results.push({
        index,
        event_id: null,
        verdict: 'drop',
        tag: 'player_id_missing',
        detail: 'The event has no player_id.',
      });
    }
    const id = event.event_id ?? event.uuid ?? JSON.stringify(event);
    if (state.seen.has(id)) return void (state.duplicates += 1);
    const now = new Date().toISOString();
    const entry = {
      time: event.time ?? event.timestamp ?? now,
      received_at: now,
      event: event.event,
      player_id: player,
      country: event.country ?? null,
      platform: event.platform ?? null,
      build: event.build ?? null,
      revenue: event.revenue ? Number(event.revenue.amount) : null,
      currency: event.revenue?.currency ?? null,
      properties: event.properties ?? {},
    };
    state.seen.set(id, entry);
    return addEntry(state, entry);
  });
  return json(
    response,
    pathname === '/v1/events'
      ? { request_id: '0'.repeat(32), accepted: events.length - results.length, rejected: results.length, results }
      : { status: 1 },
  );
}

function file(response, dist, pathname) {
  const safe = normalize(pathname).replace(/^([/\\]|\.\.)+/, '');
  for (const name of [safe, 'index.html']) {
    try {
      const body = readFileSync(join(dist, name));
      response.writeHead(200, {
        'Content-Type': types[extname(name)] ?? 'application/octet-stream',
        'Content-Security-Policy': policy,
      });
      return response.end(body);
    } catch {
      // Not a file: a page of the application, which index.html shows.
    }
  }
  return problem(response, 404, 'gm-route-unknown', 'No such file.');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : null);
  const mock = await startMockApi({
    port: Number(option('--port') ?? 8090),
    empty: process.argv.includes('--empty'),
    dist: option('--dist'),
    chatter: !process.argv.includes('--quiet-feed'),
  });
  console.log(`mock_api on ${mock.url} with project key ${projectKey} and write key ${writeKey}`);
}
