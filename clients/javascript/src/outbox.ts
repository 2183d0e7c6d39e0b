import type { Record } from "./events.js";
import type { Dropped, Failure, Settings } from "./options.js";

/** status 0: there was none. */
export interface Answer {
  status: number;
  retryAfter: string;
  body: string;
}

export interface Stats {
  tracked: number;
  restored: number;
  delivered: number;
  warned: number;
  rejected: number;
  dropped: number;
  requests: number;
  failures: number;
  queued: number;
}

interface Result {
  index: number;
  verdict: string;
  tag?: string;
  detail?: string;
}

/**
 * What waits to be sent, what is on its way, and what an answer means for it. Nothing here does input or output or reads a clock,
 * so that every rule can be tested. Times are milliseconds of a steady clock.
 */
export class Outbox {
  stopped = false;
  refusing = "";
  notices: (Dropped | Failure)[] = [];
  readonly counts: Stats = {
    tracked: 0, restored: 0, delivered: 0, warned: 0, rejected: 0, dropped: 0, requests: 0, failures: 0, queued: 0,
  };
  private queue: Record[] = [];
  private bytes = 0;
  private inFlight: Record[] = [];
  private batchLimit: number;
  private attempts = 0;
  private notBefore = 0;
  private waitingSince = 0;
  private hurry = false;

  constructor(private readonly settings: Settings) {
    this.batchLimit = settings.batchEventsMax;
  }

  stats(): Stats {
    return { ...this.counts, queued: this.queue.length + this.inFlight.length };
  }

  idle(): boolean {
    return !this.queue.length && !this.inFlight.length;
  }

  waiting(): Record[] {
    return [...this.inFlight, ...this.queue];
  }

  add(record: Record, now: number): void {
    if (record.bytes > this.settings.eventBytesMax) return this.drop(record, "event_too_large", `${record.bytes} bytes`);
    if (!this.queue.length) this.waitingSince = now;
    this.queue.push(record);
    this.bytes += record.bytes;
    this.trim();
  }

  drop(record: Record, reason: string, detail = "", byServer = false): void {
    this.counts[byServer ? "rejected" : "dropped"]++;
    this.notices.push({ eventId: record.id, event: record.name, reason, detail, byServer });
  }

  flush(): void {
    this.hurry = !this.idle();
  }

  /** From now on nothing is kept: what waits is dropped, what comes back from a failed request, too. */
  refuse(reason: string): void {
    this.refusing = reason;
    while (this.queue.length) this.drop(this.pop(), reason);
  }

  /** When the next request may start; null when there is nothing to send. */
  dueAt(): number | null {
    if (this.stopped || this.inFlight.length || !this.queue.length) return null;
    const full = this.queue.length >= this.settings.flushEvents || this.bytes >= this.settings.flushBytes;
    if (this.hurry || this.attempts || full) return this.notBefore;
    return Math.max(this.notBefore, this.waitingSince + this.settings.flushIntervalMs);
  }

  take(now: number, bytesMax = this.settings.batchBytesMax): Record[] {
    let size = 0;
    while (this.queue.length && this.inFlight.length < this.batchLimit) {
      size += this.queue[0]!.bytes;
      if (this.inFlight.length && size > bytesMax) break;
      this.inFlight.push(this.pop());
    }
    this.waitingSince = now;
    this.counts.requests++;
    return this.inFlight;
  }

  settle(answer: Answer, now: number): void {
    const records = this.inFlight;
    this.inFlight = [];
    const results = resultsOf(answer);
    if (results) this.delivered(records, results, now);
    else if (answer.status === 413) this.tooLarge(records, answer);
    else if (answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429) this.refused(records, answer);
    else {
      this.failed(answer, true);
      this.putBack(records);
      this.wait(answer.retryAfter, now);
    }
    if (!this.queue.length) this.hurry = false;
  }

  private delivered(records: Record[], results: Result[], now: number): void {
    const verdicts = new Map(results.map((result) => [result?.index, result]));
    const again: Record[] = [];
    records.forEach((record, index) => {
      const { verdict, tag = "", detail = "" } = verdicts.get(index) ?? {};
      if (verdict === "retry") again.push(record);
      else if (verdict === "drop") this.drop(record, tag, detail, true);
      else {
        this.counts.delivered++;
        if (verdict === "warning") this.counts.warned++;
      }
    });
    this.putBack(again);
    if (again.length) this.wait("", now);
    else this.attempts = this.notBefore = 0;
  }

  private tooLarge(records: Record[], answer: Answer): void {
    this.failed(answer, records.length > 1);
    if (records.length > 1) {
      this.batchLimit = records.length >> 1;
      this.putBack(records);
      this.hurry = true;
      return;
    }
    // The event that did not fit is gone; its neighbours need not travel alone for it.
    this.drop(records[0]!, "event_too_large", "the server refuses it");
    this.batchLimit = this.settings.batchEventsMax;
  }

  private refused(records: Record[], answer: Answer): void {
    const keyRefused = answer.status === 401 || answer.status === 403;
    if (keyRefused) this.stopped = true;
    const { detail } = this.failed(answer, false);
    for (const record of records) this.drop(record, keyRefused ? "key_refused" : `http_${answer.status}`, detail);
    this.attempts = this.notBefore = 0;
  }

  private failed(answer: Answer, willRetry: boolean): Failure {
    const { code, detail } = parse(answer.body) ?? {};
    const failure = { status: answer.status, code: String(code || codeOf(answer.status)), detail: String(detail ?? ""), willRetry };
    this.counts.failures++;
    this.notices.push(failure);
    return failure;
  }

  private putBack(records: Record[]): void {
    if (this.refusing) return records.forEach((record) => this.drop(record, this.refusing));
    this.queue.unshift(...records);
    for (const record of records) this.bytes += record.bytes;
    this.trim();
  }

  /** Full jitter: clients that failed together do not come back together. */
  private wait(retryAfter: string, now: number): void {
    const { retryBaseMs, retryMaxMs, retryAfterMaxMs } = this.settings;
    const ceiling = Math.min(retryMaxMs, retryBaseMs * 2 ** Math.min(this.attempts++, 20));
    const asked = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : 0;
    this.notBefore = now + Math.max(Math.random() * ceiling, Math.min(asked, retryAfterMaxMs));
  }

  private trim(): void {
    const { queueEventsMax, queueBytesMax } = this.settings;
    while (this.queue.length > queueEventsMax || this.bytes > queueBytesMax) this.drop(this.pop(), "queue_full");
  }

  private pop(): Record {
    const record = this.queue.shift()!;
    this.bytes -= record.bytes;
    return record;
  }
}

/** Null unless the server said how many events it took: a hotel's login page also answers 200. */
function resultsOf(answer: Answer): Result[] | null {
  const body = answer.status >= 200 && answer.status < 300 ? parse(answer.body) : null;
  if (typeof body?.accepted !== "number") return null;
  return Array.isArray(body.results) ? body.results : [];
}

// `any`, for an answer may be anything, each use checks what it reads.
function parse(body: string): any {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function codeOf(status: number): string {
  if (!status) return "network";
  return status >= 200 && status < 300 ? "answer_unreadable" : `http_${status}`;
}
