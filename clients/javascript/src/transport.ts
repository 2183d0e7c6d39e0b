import { byteLength } from "./events.js";
import type { Answer } from "./outbox.js";

/** The server takes a body that shrinks more than a hundredfold for an attack. */
const gzipRatioMax = 50;
/** What browsers let a page send after its end, all requests together (Fetch standard: 64 KiB). */
export const keepaliveBytesMax = 60_000;

async function gzip(text: string): Promise<ArrayBuffer> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

async function pack(body: string, gzipBytesMin: number): Promise<{ data: string | ArrayBuffer; bytes: number }> {
  const bytes = byteLength(body);
  if (bytes < gzipBytesMin || typeof CompressionStream === "undefined") return { data: body, bytes };
  const data = await gzip(body);
  return data.byteLength * gzipRatioMax < bytes ? { data: body, bytes } : { data, bytes: data.byteLength };
}

export interface Limits {
  gzipBytesMin: number;
  requestTimeoutMs: number;
}

/**
 * Never rejects. `leaving`: the page may end at any moment. sendBeacon is no way for us: it cannot carry the Authorization header; fetch
 * with keepalive can.
 */
export async function post(url: string, key: string, body: string, limits: Limits, leaving: boolean): Promise<Answer> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), limits.requestTimeoutMs);
  try {
    // No await before fetch when leaving: what is not started when the page ends is never sent.
    const packed = leaving ? { data: body, bytes: byteLength(body) } : await pack(body, limits.gzipBytesMin);
    const headers: { [name: string]: string } = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
    if (typeof packed.data !== "string") headers["Content-Encoding"] = "gzip";
    const response = await fetch(url, {
      method: "POST", body: packed.data, headers, redirect: "manual", credentials: "omit", cache: "no-store",
      keepalive: packed.bytes <= keepaliveBytesMax, signal: abort.signal,
    });
    return { status: response.status, retryAfter: response.headers.get("Retry-After") ?? "", body: await response.text() };
  } catch {
    return { status: 0, retryAfter: "", body: "" };
  } finally {
    clearTimeout(timer);
  }
}
