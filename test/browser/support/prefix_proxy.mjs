// A reverse proxy that mounts a server under a path and cuts it off again, as nginx and others are set up to do.
import { createServer, request as send } from 'node:http';

export function startPrefixProxy(upstream, prefix) {
  const proxy = createServer((request, response) => {
    if (!request.url.startsWith(prefix)) {
      response.writeHead(404).end('outside of the prefix');
      return;
    }
    const forwarded = send(
      upstream + request.url.slice(prefix.length - 1),
      { method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      },
    );
    forwarded.on('error', () => response.destroy());
    response.on('close', () => forwarded.destroy());
    request.pipe(forwarded);
  });
  return new Promise((resolve) => {
    proxy.listen(0, '127.0.0.1', () => {
      const close = () => {
        proxy.closeAllConnections();
        return new Promise((done) => proxy.close(done));
      };
      resolve({ url: `http://127.0.0.1:${proxy.address().port}${prefix.slice(0, -1)}`, close });
    });
  });
}
