import { envelope, makeRecord, nameProblem, readRecord, uuid7 } from "./events.js";
import { GameEvents } from "./game_events.js";
import { defaults, type Context, type Dropped, type Failure, type Options, type Settings } from "./options.js";
import { Outbox, type Stats } from "./outbox.js";
import { onLeave } from "./page.js";
import { Player } from "./player.js";
import { browserStorage } from "./storage.js";
import { keepaliveBytesMax, post } from "./transport.js";

export type Properties = { [name: string]: unknown };

/** `playerId` is for servers that speak for many players: such an event belongs to no session of this client. */
export interface EventOptions extends Context {
  revenue?: [amount: string | number, currency: string];
  playerId?: string;
  sessionId?: string;
  timeMs?: number;
}

const steadyMs = (): number => performance.now();
const context = ["country", "platform", "device", "build"] as const;

export class Client extends GameEvents {
  private readonly settings: Settings;
  private readonly outbox: Outbox;
  private readonly player: Player;
  private readonly url: string;
  private readonly stopListening: () => void;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private over = false;
  private watchers = new Set<() => void>();
  // Not an ordinary property, so that printing the client does not print the key.
  #key: string;

  constructor(host: string, writeKey: string, options: Options = {}) {
    super();
    if (!/^https?:\/\/[^/]/.test(host)) throw new Error("host must look like https://events.example.com");
    this.url = host.replace(/\/+$/, "") + "/v1/events";
    this.#key = writeKey;
    this.settings = { ...defaults, storage: browserStorage(), ...options };
    this.outbox = new Outbox(this.settings);
    this.player = new Player(this.settings);
    this.restore();
    this.stopListening = onLeave(() => this.leave(), () => void this.shutdown());
    this.pump();
  }

  /** Queues one event and returns its id ("" when opted out). Never waits for the network, never throws. */
  track(event: string, properties: Properties = {}, options: EventOptions = {}): string {
    if (this.player.optedOut) return "";
    const now = this.settings.clockMs();
    if (!options.playerId && event !== "session_start" && event !== "session_end") this.touch(now);
    const id = this.put(event, properties, options.timeMs ?? now, options);
    this.pump();
    return id;
  }

  sessionStart(): void {
    if (this.player.optedOut) return;
    this.endSession();
    this.beginSession(this.settings.clockMs());
    this.pump();
  }

  sessionEnd(): void {
    this.endSession();
    this.pump();
  }

  /** Later events are of this player; "" returns to the anonymous id. False when the id is too long. */
  setPlayer(playerId: string): boolean {
    return this.player.identify(playerId);
  }

  get playerId(): string {
    return this.player.id;
  }

  setLevel(level: number): void {
    this.player.level = level;
  }

  setKey(writeKey: string): void {
    this.#key = writeKey;
    this.outbox.stopped = false;
    this.pump();
  }

  optOut(): void {
    this.player.opt(true);
    this.outbox.refuse("opted_out");
    this.pump();
  }

  optIn(): void {
    this.player.opt(false);
    this.outbox.refusing = "";
  }

  stats(): Stats {
    return this.outbox.stats();
  }

  /** Sends what waits now; true when nothing is left. False after the time, or when the key was refused. */
  flush(timeoutMs = 3_000): Promise<boolean> {
    this.outbox.flush();
    this.pump();
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.watchers.delete(look);
        resolve(this.outbox.idle());
      };
      const look = (): void => {
        if (this.outbox.idle() || this.outbox.stopped) finish();
      };
      const timer = setTimeout(finish, timeoutMs);
      this.watchers.add(look);
      look();
    });
  }

  /** Sends what waits, within the time; the rest is saved when there is a storage, else dropped. True when all is sent. */
  async shutdown(timeoutMs = this.settings.shutdownTimeoutMs): Promise<boolean> {
    if (this.over) return this.outbox.idle();
    if (this.settings.autoSession) this.endSession();
    const sent = await this.flush(timeoutMs);
    this.over = true;
    this.stopListening();
    if (this.settings.storage) this.save();
    else this.outbox.refuse("shut_down");
    this.pump();
    return sent;
  }

  protected withLevel(properties: Properties = {}): Properties {
    return this.player.level === null ? properties : { ...properties, level: this.player.level };
  }

  private touch(now: number): void {
    if (this.player.sessionIsOver(now)) this.beginSession(now);
    this.player.lastMs = now;
  }

  private beginSession(now: number): void {
    this.player.beginSession(now);
    if (this.player.isNew && this.settings.autoSession) {
      this.player.isNew = false;
      this.put("first_open", this.withLevel(), now);
    }
    this.put("session_start", this.withLevel(), now);
  }

  private endSession(): void {
    const { player } = this;
    const now = this.settings.clockMs();
    if (!player.sessionId) return;
    // A session that was left alone ended with its last event, not when somebody came back.
    const end = player.sessionIsOver(now) ? player.lastMs : now;
    const seconds = Math.floor(Math.max(0, end - player.sessionStartMs) / 1000);
    this.put("session_end", this.withLevel({ seconds }), end);
    player.sessionId = "";
  }

  private put(event: string, properties: Properties, timeMs: number, options: EventOptions = {}): string {
    const id = uuid7(this.settings.clockMs());
    this.outbox.counts.tracked++;
    let problem = nameProblem(event);
    let json = "";
    try {
      if (!problem) json = JSON.stringify(this.fields(id, event, properties, timeMs, options));
    } catch {
      problem = "properties_invalid";
    }
    const record = makeRecord(id, String(event), json);
    if (problem || this.over) this.outbox.drop(record, problem || "shut_down");
    else this.outbox.add(record, steadyMs());
    return id;
  }

  private fields(id: string, event: string, properties: Properties, timeMs: number, options: EventOptions): Properties {
    const fields: Properties = { event_id: id, event, player_id: options.playerId || this.player.id, time: new Date(timeMs).toISOString() };
    const session = options.sessionId || (options.playerId ? "" : this.player.sessionId);
    if (session) fields.session_id = session;
    for (const name of context) {
      const value = options[name] || this.settings[name];
      if (value) fields[name] = value;
    }
    if (options.revenue) fields.revenue = { amount: options.revenue[0], currency: options.revenue[1] };
    fields.properties = properties;
    return fields;
  }

  private restore(): void {
    const { storage } = this.settings;
    if (!storage || this.player.optedOut) return;
    for (const line of storage.get("unsent").split("\n")) {
      const record = readRecord(line);
      if (!record) continue;
      this.outbox.counts.restored++;
      this.outbox.add(record, steadyMs());
    }
    storage.set("unsent", "");
  }

  private save(): void {
    if (this.player.optedOut) return;
    this.settings.storage?.set("unsent", this.outbox.waiting().map((record) => record.json).join("\n"));
  }

  /** The page is hidden and may never come back: what waits goes out with a request that outlives it, and is saved in case that fails. */
  private leave(): void {
    this.outbox.flush();
    const due = this.outbox.dueAt();
    if (due !== null && due <= steadyMs()) void this.send(true);
    this.save();
  }

  /** Sends when a request is due, else sets the timer for it. Called after every change. */
  private pump(): void {
    this.tell();
    clearTimeout(this.timer);
    const due = this.over ? null : this.outbox.dueAt();
    if (due === null) return;
    const delay = due - steadyMs();
    if (delay <= 0) return void this.send(false);
    this.timer = setTimeout(() => this.pump(), Math.ceil(delay));
    // A waiting event alone does not keep a Node.js program alive; shutdown() and the end of the program send it.
    (this.timer as { unref?: () => void }).unref?.();
  }

  private async send(leaving: boolean): Promise<void> {
    const { batchBytesMax, clockMs } = this.settings;
    const records = this.outbox.take(steadyMs(), leaving ? keepaliveBytesMax - 100 : batchBytesMax);
    const body = envelope(records, clockMs());
    const answer = await post(this.url, this.#key, body, this.settings, leaving);
    this.outbox.settle(answer, steadyMs());
    this.pump();
    for (const look of [...this.watchers]) look();
  }

  /** A callback that throws harms nobody. */
  private tell(): void {
    const notices = this.outbox.notices.splice(0);
    for (const notice of notices) {
      try {
        if ("reason" in notice) this.settings.onDrop(notice as Dropped);
        else this.settings.onError(notice as Failure);
      } catch (error) {
        console.error("gamemetrics: a callback threw", error);
      }
    }
  }
}
