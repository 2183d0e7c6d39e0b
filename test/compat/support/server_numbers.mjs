// What the contract tests read from a running server.
import assert from 'node:assert/strict';

const visibleWithinMs = 15_000;
const dayAround = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

export async function until(what, attempt) {
  const deadline = Date.now() + visibleWithinMs;
  for (;;) {
    const value = await attempt();
    if (value) return value;
    assert.ok(Date.now() < deadline, `${what}: not within ${visibleWithinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export class ServerNumbers {
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

  /** Numbers a repeated event would change. A range of three days, since the project's time zone may be on another date. */
  async all() {
    const range = `from=${dayAround(-1)}&to=${dayAround(1)}`;
    const [pipeline, events, dau, top] = await Promise.all([
      this.read('pipeline'),
      this.read(`metrics/events?${range}`),
      this.read(`metrics/dau?${range}`),
      this.read(`events/top?${range}&limit=1000`),
    ]);
    return {
      stored: pipeline.stored,
      events: events.total,
      dau: dau.points.map((point) => point.value),
      byName: Object.fromEntries(top.rows.map((row) => [row.event, row.events])),
    };
  }

  async stored() {
    await this.processedAll();
    return (await this.read('pipeline')).stored;
  }

  processedAll() {
    return until('the pipeline catches up', async () => (await this.read('pipeline')).lag_events === 0);
  }

  async live(player) {
    const { events } = await this.read('live');
    return events.filter((entry) => entry.player_id === player);
  }
}
