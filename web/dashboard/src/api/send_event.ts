import { networkError, problemFrom } from './problem';

export interface SendAnswer {
  accepted: number;
  rejected: number;
}

/** The one thing the dashboard ever sends: the test event of the set-up page, with the write key. */
export async function sendEvent(baseUrl: string, writeKey: string, event: object): Promise<SendAnswer> {
  const response = await fetch(new URL('v1/events', baseUrl), {
    method: 'POST',
    headers: { Authorization: `Bearer ${writeKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ sent_at: new Date().toISOString(), events: [{ ...event, time: new Date().toISOString() }] }),
  }).catch((error: unknown) => {
    throw networkError(error);
  });
  if (!response.ok) throw problemFrom(response.status, await response.text(), response.headers.get('Retry-After'));
  return (await response.json()) as SendAnswer;
}
