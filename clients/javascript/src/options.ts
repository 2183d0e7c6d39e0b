/** Settings of a client and what its callbacks get. Times are milliseconds, sizes bytes. */

/** Keeps a few short texts; an empty value removes. Must not throw. */
export interface Storage {
  get(name: string): string;
  set(name: string, value: string): void;
}

/** An event that will never be counted, and why. */
export interface Dropped {
  eventId: string;
  event: string;
  reason: string;
  detail: string;
  byServer: boolean;
}

/** A request that was not answered with success; status 0 means no answer. */
export interface Failure {
  status: number;
  code: string;
  detail: string;
  willRetry: boolean;
}

export interface Context {
  country?: string;
  platform?: string;
  device?: string;
  build?: string;
}

export interface Options extends Context {
  playerId?: string;
  storage?: Storage | null;
  autoSession?: boolean;
  optedOut?: boolean;
  flushEvents?: number;
  flushIntervalMs?: number;
  flushBytes?: number;
  batchEventsMax?: number;
  batchBytesMax?: number;
  queueEventsMax?: number;
  queueBytesMax?: number;
  eventBytesMax?: number;
  gzipBytesMin?: number;
  retryBaseMs?: number;
  retryMaxMs?: number;
  retryAfterMaxMs?: number;
  requestTimeoutMs?: number;
  sessionGapMs?: number;
  shutdownTimeoutMs?: number;
  onDrop?: (dropped: Dropped) => void;
  onError?: (failure: Failure) => void;
  clockMs?: () => number;
}

export const inBrowser = typeof document !== "undefined";

export const defaults = {
  playerId: "",
  storage: null as Storage | null,
  autoSession: inBrowser,
  optedOut: false,
  platform: inBrowser ? "web" : "",
  flushEvents: 20,
  flushIntervalMs: 10_000,
  flushBytes: 64 * 1024,
  batchEventsMax: 100,
  batchBytesMax: 256 * 1024,
  queueEventsMax: 5_000,
  queueBytesMax: 2 * 1024 * 1024,
  eventBytesMax: 64 * 1024,
  gzipBytesMin: 1024,
  retryBaseMs: 1_000,
  retryMaxMs: 60_000,
  retryAfterMaxMs: 300_000,
  requestTimeoutMs: 10_000,
  sessionGapMs: 30 * 60 * 1000,
  shutdownTimeoutMs: 3_000,
  onDrop: (dropped: Dropped): void => console.warn("gamemetrics: event dropped", dropped),
  onError: (failure: Failure): void => console.warn("gamemetrics: sending failed", failure),
  clockMs: (): number => Date.now(),
};

export type Settings = typeof defaults & Context;
