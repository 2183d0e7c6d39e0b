// Plays the cases of clients/spec/cases.json: one case a line on standard input, what happened a line on standard output.
import { createInterface } from "node:readline";
import { Client } from "../dist/index.js";

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
const camelKeys = (object) => Object.fromEntries(Object.entries(object).map(([name, value]) => [camel(name), value]));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const overrides = ["player_id", "session_id", "time_ms", "country", "platform", "device", "build", "revenue"];

class Play {
  errors = [];
  drops = [];
  returns = [];
  trackMs = 0;
  clockShift = 0;
  stored = new Map();

  constructor(order) {
    this.order = order;
    this.client = this.make({});
  }

  make(changes) {
    const storage = { get: (name) => this.stored.get(name) ?? "", set: (name, value) => this.stored.set(name, value) };
    return new Client(this.order.host, this.order.key, {
      ...camelKeys({ ...this.order.options, ...changes }),
      storage: this.order.storage_dir ? storage : null,
      clockMs: () => Date.now() + this.clockShift,
      onError: (failure) => this.errors.push([failure.status, failure.code, failure.willRetry]),
      onDrop: (drop) => this.drops.push({ event: drop.event, event_id: drop.eventId, reason: drop.reason, by_server: drop.byServer }),
    });
  }

  async several(step, properties) {
    const options = camelKeys(Object.fromEntries(overrides.filter((name) => name in step).map((name) => [name, step[name]])));
    for (let number = 0; number < (step.times ?? 1); ++number) {
      if (step.numbered_players) options.playerId = `p-${number}`;
      this.client.track(step.event, properties, options);
      if (step.pause_ms) await sleep(step.pause_ms);
    }
  }

  async track(step) {
    const properties = { ...step.properties };
    if (step.not_a_number) properties[step.not_a_number] = NaN;
    if (step.fill) properties.fill = "x".repeat(step.fill);
    const started = performance.now();
    // There is one thread here; several callers at once are several promises.
    await Promise.all(Array.from({ length: step.threads ?? 1 }, () => this.several(step, properties)));
    this.trackMs += performance.now() - started;
  }

  async waitUntil(step) {
    const deadline = performance.now() + 5000;
    while (this.client.stats()[step.stat] < step.is && performance.now() < deadline) await sleep(2);
  }

  async step(step) {
    switch (step.do) {
      case "track": return this.track(step);
      case "call": return this.client[camel(step.name)](...(step.arguments ?? []));
      case "flush": return this.returns.push(await this.client.flush(step.timeout_ms ?? 4000));
      case "shutdown": return this.returns.push(await this.client.shutdown(step.timeout_ms));
      case "new_client": return (this.client = this.make(step.options ?? {}));
      case "wait": return sleep(step.ms);
      case "wait_until": return this.waitUntil(step);
      case "advance_clock": return (this.clockShift += step.ms);
      default: throw new Error(`unknown step ${step.do}`);
    }
  }

  result() {
    const { errors, drops, returns, trackMs } = this;
    return { stats: this.client.stats(), errors, drops, returns, track_ms: trackMs };
  }
}

let play;
for await (const line of createInterface({ input: process.stdin })) {
  void play?.client.shutdown(0); // not earlier: what it sends then is no part of its case
  play = new Play(JSON.parse(line));
  for (const step of play.order.steps) await play.step(step);
  process.stdout.write(JSON.stringify(play.result()) + "\n");
}
process.exit(0);
