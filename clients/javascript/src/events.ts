/** One event as it will be sent, however often that takes. */
export interface Record {
  id: string;
  name: string;
  json: string;
  bytes: number;
}

const nameBytesMax = 200;
const encoder = new TextEncoder();

export const byteLength = (text: string): number => encoder.encode(text).length;

/** RFC 9562: 48 bits of time, then random. */
export function uuid7(nowMs: number): string {
  const raw = new Uint8Array(10);
  // Node 18 has no global crypto; these ids need to be unique, not secret.
  if (globalThis.crypto) crypto.getRandomValues(raw);
  else raw.forEach((_, i) => (raw[i] = Math.random() * 256));
  raw[0] = 0x70 | (raw[0]! & 0x0f);
  raw[2] = 0x80 | (raw[2]! & 0x3f);
  const tail = Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const time = nowMs.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-${tail.slice(0, 4)}-${tail.slice(4, 8)}-${tail.slice(8)}`;
}

export function nameProblem(name: unknown): string {
  if (typeof name !== "string" || !name) return "event_name_missing";
  return byteLength(name) > nameBytesMax ? "event_name_too_long" : "";
}

export const playerIdFits = (id: string): boolean => byteLength(id) <= nameBytesMax;

export function makeRecord(id: string, name: string, json: string): Record {
  return { id, name, json, bytes: byteLength(json) };
}

/** A line that an earlier page saved; null when it was damaged. */
export function readRecord(line: string): Record | null {
  try {
    const event = JSON.parse(line);
    return typeof event.event_id === "string" && typeof event.event === "string" ? makeRecord(event.event_id, event.event, line) : null;
  } catch {
    return null;
  }
}

export const envelope = (records: Record[], sentMs: number): string =>
  `{"sent_at":"${new Date(sentMs).toISOString()}","events":[${records.map((record) => record.json).join()}]}`;
