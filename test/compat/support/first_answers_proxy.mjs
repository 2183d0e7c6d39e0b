// A proxy in front of a server that answers the first requests itself, with what the test gives it, and passes the rest on.
import http from 'node:http';

const bodyOf = async (stream) => {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
};

/**
 * `answers`: one per request, {status, headers, body} or 'hang up'. Gives {url, requests, close()}; each of `requests` has
 * `headers`, `body`, `at` (ms) and the `status` it got.
 */
export async function startProxy(target, answers = []) {
  const requests = [];
  const server = http.createServer(async (incoming, outgoing) => {
    const entry = { headers: incoming.headers, url: incoming.url, at: Date.now() };
    requests.push(entry);
    const prepared = answers[requests.length - 1];
    entry.body = await bodyOf(incoming);
    if (prepared === 'hang up') return incoming.socket.destroy();
    if (prepared) {
      entry.status = prepared.status;
      outgoing.writeHead(prepared.status, prepared.headers);
      return outgoing.end(prepared.body);
    }
    const onward = http.request(`${target}${incoming.url}`, { method: incoming.method, headers: incoming.headers });
    onward.on('error', () => incoming.socket.destroy());
    onward.on('response', async (answer) => {
      entry.status = answer.statusCode;
      outgoing.writeHead(answer.statusCode, answer.headers);
      outgoing.end(await bodyOf(answer));
    });
    onward.end(entry.body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, requests, close };
}

/** The server's own answer to a request that is larger than all it may have in flight. */
export async function refusalOf(url, path, headers = {}) {
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: ' '.repeat(1_500_000) });
  const kept = ['content-type', 'retry-after'].filter((name) => response.headers.has(name));
  return {
    status: response.status,
    headers: Object.fromEntries(kept.map((name) => [name, response.headers.get(name)])),
    body: await response.text(),
  };
}
