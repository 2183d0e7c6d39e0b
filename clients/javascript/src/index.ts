/** Client of GameMetrics Pro; what it does is written in docs/sdk-spec.md of the server's repository. */
export { Client, type EventOptions, type Properties } from "./client.js";
export type { Context, Dropped, Failure, Options, Storage } from "./options.js";
export type { Stats } from "./outbox.js";
