import type { ApiClient } from '../api/client';
import { ApiError } from '../api/problem';
import type { FeedEntry, LiveAnswer } from '../api/types';
import { entryKey, KeyCounts, missingEntries, newestFirst, type FeedItem } from './merge';

export const heldEntriesMax = 500;
/** While a busy game sends hundreds of events a second, they are shown together this often; a single one is shown at once. */
export const showMs = 100;
const silenceMs = 40_000;
const firstRetryMs = 500;
const longestRetryMs = 15_000;
// A connection that lived this long was a good one: the next failure starts over with short waits.
const settledMs = 5_000;

export type FeedStatus =
  | { kind: 'connecting' }
  | { kind: 'open' }
  | { kind: 'waiting'; retryAt: number; reason: string }
  | { kind: 'refused'; error: ApiError };

export interface FeedState {
  status: FeedStatus;
  items: FeedItem[];
}

export function retryDelayMs(attempt: number, random: number, retryAfterSeconds: number | null): number {
  const grown = Math.min(longestRetryMs, firstRetryMs * 2 ** attempt);
  // Half of the wait is random: after a restart of the server not every open dashboard comes back in the same instant.
  return Math.max(grown / 2 + (grown / 2) * random, (retryAfterSeconds ?? 0) * 1000);
}

/**
 * The live stream as a store for useSyncExternalStore. It reconnects by itself, and after each connection asks for the newest events
 * once, so that what happened while it was away is not missing.
 */
export class LiveFeed {
  private state: FeedState = { status: { kind: 'connecting' }, items: [] };
  private readonly listeners = new Set<() => void>();
  private stopper: AbortController | null = null;
  private nextId = 1;
  /** Events that are not shown yet, the newest last. */
  private arrived: FeedItem[] = [];
  private showing: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly api: ApiClient,
    private readonly random: () => number = Math.random,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): FeedState => this.state;

  start(): void {
    if (this.stopper) return;
    this.stopper = new AbortController();
    void this.run(this.stopper.signal);
  }

  stop(): void {
    this.stopper?.abort();
    this.stopper = null;
    if (this.showing !== null) clearTimeout(this.showing);
    this.showing = null;
  }

  private async run(signal: AbortSignal): Promise<void> {
    let attempt = 0;
    while (!signal.aborted) {
      const startedAt = Date.now();
      this.publish({ status: { kind: 'connecting' } });
      const failure = await this.connect(signal);
      if (signal.aborted) return;
      if (failure instanceof ApiError && (failure.isAboutKey || failure.status === 404)) {
        this.publish({ status: { kind: 'refused', error: failure } });
        return;
      }
      if (Date.now() - startedAt > settledMs) attempt = 0;
      const wait = retryDelayMs(
        attempt++,
        this.random(),
        failure instanceof ApiError ? failure.retryAfterSeconds : null,
      );
      const reason = failure instanceof Error ? failure.message : 'The server ended the stream.';
      this.publish({ status: { kind: 'waiting', retryAt: Date.now() + wait, reason } });
      await pause(wait, signal);
    }
  }

  /** Returns when the connection is over: null when the server ended it in order. */
  private async connect(signal: AbortSignal): Promise<unknown> {
    try {
      const stream = await this.api.openStream('api/v1/live/stream', signal, silenceMs);
      // The stream is open before the snapshot is asked for, so nothing can fall between them; what both hold is dropped once.
      const repeats = this.catchUp((await this.api.get<LiveAnswer>('api/v1/live', {}, signal)).events);
      this.publish({ status: { kind: 'open' } });
      for await (const event of stream) {
        if (event.event === 'event') this.receive(event.data, repeats);
      }
      return null;
    } catch (error) {
      return error;
    }
  }

  private catchUp(snapshot: FeedEntry[]): KeyCounts {
    this.showArrived();
    const missing = missingEntries(this.state.items, snapshot);
    const added = missing.toReversed().map((entry) => ({ id: this.nextId++, entry }));
    this.publish({ items: newestFirst([...this.state.items, ...added], heldEntriesMax) });
    return new KeyCounts(snapshot.map(entryKey));
  }

  private receive(data: string, repeats: KeyCounts): void {
    let entry: FeedEntry;
    try {
      entry = JSON.parse(data) as FeedEntry;
    } catch {
      return;
    }
    if (repeats.take(entryKey(entry))) return;
    this.arrived.push({ id: this.nextId++, entry });
    // Timers of a tab in the background may stand still for a minute.
    if (this.arrived.length > heldEntriesMax) this.arrived.shift();
    if (this.showing === null) this.showInSteps();
  }

  /** Now, and as long as events keep coming, again after each pause. */
  private showInSteps(): void {
    this.showArrived();
    this.showing = setTimeout(() => {
      this.showing = null;
      if (this.arrived.length > 0) this.showInSteps();
    }, showMs);
  }

  private showArrived(): void {
    if (this.arrived.length === 0) return;
    const items = [...this.arrived.toReversed(), ...this.state.items].slice(0, heldEntriesMax);
    this.arrived = [];
    this.publish({ items });
  }

  private publish(change: Partial<FeedState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      // A feed waits many times before its one signal aborts.
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
