// How GraphiQL's operations reach the server: queries as JSON, subscriptions as server-sent events, so that the key goes
// into a header and nothing but this origin is connected to.
import type { Fetcher, FetcherParams } from '@graphiql/toolkit';
import { getOperationAST, parse } from 'graphql';
import { createClient } from 'graphql-sse';

const url = new URL('../graphql', document.baseURI).href;

function isSubscription({ query, operationName }: FetcherParams): boolean {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription';
  } catch {
    return false; // the server says what is wrong
  }
}

function subscribe(request: FetcherParams, headers: Record<string, string>) {
  const client = createClient({ url, headers, retryAttempts: 0 });
  const { query, operationName, variables } = request;
  return client.iterate({ query, variables, ...(operationName ? { operationName } : {}) });
}

async function post(request: FetcherParams, headers: Record<string, string>) {
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(request) });
  return response.json();
}

/** `key`: the project key, unless the editor for headers has an Authorization of its own. */
export const asking =
  (key: string): Fetcher =>
  (request, options) => {
    const headers = { authorization: `Bearer ${key}`, ...options?.headers };
    if (isSubscription(request)) return subscribe(request, headers);
    return post(request, { 'content-type': 'application/json', accept: 'application/json', ...headers });
  };
