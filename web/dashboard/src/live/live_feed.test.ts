/// <reference types="node" />
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ApiClient } from '../api/client';
import { ApiError } from '../api/problem';
import type { ServerSentEvent } from '../api/server_sent_events';
import type { FeedEntry } from '../api/types';
import { feedEntry } from '../test_answers';
import { LiveFeed, retryDelayMs, showMs } from './live_feed';
import { matchesFilter, missingEntries } from './merge';

/** A server whose stream the test feeds by hand. */
class FakeServer {
  events: FeedEntry[] = [];
  failure: Error | null = null;
  connections = 0;
  signal: AbortSignal | null = null;
  private push: ((event: ServerSentEvent | Error | null) => void) | null = null;

  readonly api = {
    openStream: (_path: string, signal: AbortSignal) => {
      this.connections += 1;
      if (this.failure) return Promise.reject(this.failure);
      return Promise.resolve(this.stream(signal));
    },
    get: () => Promise.resolve({ events: this.events }),
  } as unknown as ApiClient;

  send(entry: FeedEntry): void {
    this.push?.({ event: 'event', data: JSON.stringify(entry) });
  }
  end(error: Error | null = null): void {
    this.push?.(error);
  }

  private async *stream(signal: AbortSignal): AsyncGenerator<ServerSentEvent> {
    const waiting: (ServerSentEvent | Error | null)[] = [];
    let wake = () => {};
    this.push = (event) => {
      waiting.push(event);
      wake();
    };
    this.signal = signal;
    const onAbort = () => wake();
    signal.addEventListener('abort', onAbort);
    try {
      for (;;) {
        if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        if (signal.aborted) return;
        const next = waiting.shift();
        if (next instanceof Error) throw next;
        if (!next) return;
        yield next;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}

const at = (second: number, change: Partial<FeedEntry> = {}) =>
  feedEntry({ received_at: `2026-11-04T10:00:${String(second).padStart(2, '0')}.000Z`, ...change });

describe('LiveFeed', () => {
  let server: FakeServer;
  let feed: LiveFeed;
  const settle = () => vi.advanceTimersByTimeAsync(0);
  const shown = () => vi.advanceTimersByTimeAsync(showMs);
  const names = () => feed.snapshot().items.map((item) => item.entry.event);

  beforeEach(() => {
    vi.useFakeTimers();
    server = new FakeServer();
    feed = new LiveFeed(server.api, () => 1);
  });
  afterEach(() => {
    feed.stop();
    vi.useRealTimers();
  });

  test('starts with the snapshot and puts new events on top', async () => {
    server.events = [at(2, { event: 'b' }), at(1, { event: 'a' })];
    feed.start();
    await settle();
    expect(feed.snapshot().status.kind).toBe('open');
    server.send(at(3, { event: 'c' }));
    await settle();
    expect(names()).toEqual(['c', 'b', 'a']);
  });

  test('an event that the snapshot and the stream both hold is shown once, equal ones each', async () => {
    server.events = [at(1, { event: 'twin' }), at(1, { event: 'twin' })];
    feed.start();
    await settle();
    server.send(at(1, { event: 'twin' }));
    server.send(at(1, { event: 'twin' }));
    server.send(at(1, { event: 'twin' }));
    await shown();
    expect(names()).toEqual(['twin', 'twin', 'twin']);
  });

  test('comes back after the server went away, and catches up', async () => {
    server.events = [at(1, { event: 'a' })];
    feed.start();
    await settle();
    server.failure = new ApiError(0, 'gm-network', 'refused');
    server.end();
    await settle();
    expect(feed.snapshot().status).toMatchObject({ kind: 'waiting' });
    await vi.advanceTimersByTimeAsync(2000);
    expect(server.connections).toBe(3);
    server.failure = null;
    server.events = [at(9, { event: 'missed' }), at(1, { event: 'a' })];
    await vi.advanceTimersByTimeAsync(5000);
    expect(feed.snapshot().status.kind).toBe('open');
    expect(names()).toEqual(['missed', 'a']);
  });

  test('a connection that breaks at once is not tried in a hot loop', async () => {
    feed.start();
    for (let i = 0; i < 100; i += 1) {
      await vi.advanceTimersByTimeAsync(1000);
      server.end(new Error('broken'));
    }
    expect(server.connections).toBeLessThan(15);
    // Nothing is left behind by a connection that is over.
    expect(getEventListeners(server.signal!, 'abort').length).toBeLessThan(3);
  });

  test('a refused key stops it', async () => {
    server.failure = new ApiError(401, 'gm-key-unknown', 'no');
    feed.start();
    await settle();
    expect(feed.snapshot().status.kind).toBe('refused');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.connections).toBe(1);
  });

  test('broken data is skipped and the list is bounded', async () => {
    feed.start();
    await settle();
    server.send({} as FeedEntry);
    for (let i = 0; i < 700; i += 1) server.send(at(i % 60, { player_id: `p-${i}` }));
    await shown();
    expect(feed.snapshot().items).toHaveLength(500);
    expect(feed.snapshot().items[0]?.entry.player_id).toBe('p-699');
  });

  test('a lone event is shown at once, a crowd in few steps, and the last of it as well', async () => {
    feed.start();
    await settle();
    let steps = 0;
    feed.subscribe(() => (steps += 1));
    server.send(at(1));
    await settle();
    expect([names().length, steps]).toEqual([1, 1]);
    for (let i = 0; i < 200; i += 1) {
      server.send(at(2, { event: `e${i}` }));
      await vi.advanceTimersByTimeAsync(2);
    }
    await shown();
    expect([names().length, names()[0]]).toEqual([201, 'e199']);
    expect(steps).toBeLessThan(8);
  });

  test('what had arrived before the connection broke is there after the next one, once', async () => {
    feed.start();
    await settle();
    for (const event of ['a', 'b', 'c']) server.send(at(1, { event }));
    await settle();
    server.events = ['c', 'b', 'a'].map((event) => at(1, { event }));
    server.end();
    await vi.advanceTimersByTimeAsync(5000);
    expect(feed.snapshot().status.kind).toBe('open');
    expect(names()).toEqual(['c', 'b', 'a']);
  });

  test('after stop nothing is asked for any more', async () => {
    feed.start();
    await settle();
    feed.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.connections).toBe(1);
  });
});

test('waits grow, are half random, end at 15 s and honour the server', () => {
  expect(retryDelayMs(0, 1, null)).toBe(500);
  expect(retryDelayMs(0, 0, null)).toBe(250);
  expect(retryDelayMs(3, 1, null)).toBe(4000);
  expect(retryDelayMs(50, 1, null)).toBe(15_000);
  expect(retryDelayMs(0, 0, 30)).toBe(30_000);
});

test('missing entries are found by count, not by mere presence', () => {
  const held = [{ id: 1, entry: at(1) }];
  expect(missingEntries(held, [at(2), at(1), at(1)])).toEqual([at(2), at(1)]);
});

test('the filter wants every word somewhere', () => {
  const entry = feedEntry({ properties: { mode: 'Arena' } });
  expect(matchesFilter(entry, ' arena DE ')).toBe(true);
  expect(matchesFilter(entry, 'arena US')).toBe(false);
  expect(matchesFilter(entry, '')).toBe(true);
});
