// Subscribes and prints what comes, a line each; connects again whenever the server comes back. GM_URL, GM_PROJECT_KEY.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const client = createClient({
  url: `${process.env.GM_URL.replace('http', 'ws')}/graphql`,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${process.env.GM_PROJECT_KEY}` },
  retryAttempts: 1000,
  shouldRetry: () => true, // a port on which nobody listens yet, too
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 100)),
});
client.subscribe({ query: 'subscription { pipeline(every: 1) { stored } }' }, {
  next: (value) => console.log(JSON.stringify(value.data.pipeline)),
  error: (error) => { console.error(error); process.exit(1); },
  complete: () => process.exit(2),
});
