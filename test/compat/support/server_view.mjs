// What the contract tests of the published clients share: reading a server's numbers, and a stand-in that answers for it.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export async function until(what, attempt, withinMs = 10_000) {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await attempt();
    if (value) return value;
    assert.ok(Date.now() < deadline, `${what}: not within ${withinMs} ms`);
    await sleep(50);
  }
}

/** One running server, through its public interface. */
export class ServerView {
  constructor(url, projectKey) {
    this.url = url.replace(/\/$/, '');
    this.projectKey = projectKey;
  }

  async read(path) {
    const response = await fetch(`${this.url}/api/v1/${path}`, {
      headers: { Authorization: `Bearer ${this.projectKey}` },
    });
    assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`);
    return response.json();
  }

  processedAll() {
    return until('the pipeline catches up', async () => (await this.read('pipeline')).lag_events === 0);
  }

  /** Events of the player in the live feed, oldest first, once there are `count` of them. */
  async eventsOf(player, count) {
    await until(
      `${count} events of ${player}`,
      async () => (await this.read('live')).events.filter((entry) => entry.player_id === player).length >= count,
    );
    await this.processedAll();
    const { events } = await this.read('live');
    return events.filter((entry) => entry.player_id === player).toReversed();
  }

  /** Numbers that a repeated event would change. */
  async numbers() {
    await this.processedAll();
    const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
    const range = `from=${day(-1)}&to=${day(1)}`;
    const [pipeline, events, dau] = await Promise.all([
      this.read('pipeline'),
      this.read(`metrics/events?${range}`),
      this.read(`metrics/dau?${range}`),
    ]);
    return { stored: pipeline.stored, events: events.total, dau: dau.points.map((point) => point.value) };
  }
}

/**
 * Stands between a client and a server: gives the first answers itself, then passes everything on. `requests` keeps what came, as bytes.
 */
export async function standIn(serverUrl, answers = []) {
  const requests = [];
  const waiting = [...answers];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
    const { host, connection, 'content-length': _length, 'transfer-encoding': _coding, ...headers } = request.headers;
    const one = { method: request.method, path: request.url, headers, body, status: 0 };
    requests.push(one);
    const answer = waiting.shift() ?? (await forward(serverUrl, one));
    one.status = answer.status;
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Sends a recorded request and gives the answer as bytes. */
export async function forward(serverUrl, { method, path, headers, body }) {
  const response = await fetch(serverUrl + path, { method, headers, body });
  const kept = ['content-type', 'retry-after', 'set-cookie', 'cache-control'];
  return {
    status: response.status,
    headers: Object.fromEntries(kept.filter((name) => response.headers.has(name)).map((name) => [name, response.headers.get(name)])),
    body: Buffer.from(await response.arrayBuffer()),
  };
}

/** What a server that takes no more says to such a request; 429 has the same form. */
export async function refusals(busyUrl, request) {
  const busy = await forward(busyUrl, { method: 'POST', headers: {}, ...request, body: Buffer.alloc(1_500_000, ' ') });
  assert.equal(busy.status, 503);
  return { busy, tooMany: { ...busy, status: 429 } };
}
