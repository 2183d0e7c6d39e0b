import { networkError, problemFrom } from './problem';

export interface SendAnswer {
  accepted: number;
  rejected: number;
  results?: { verdict: string; tag: string; detail: string }[];
}

/** What became of one event. */
export interface Verdict {
  taken: boolean;
  /** Why not, or what was remarked. */
  tag: string | null;
  detail: string | null;
}

async function send(baseUrl: string, writeKey: string, event: object): Promise<SendAnswer> {
  const response = await fetch(new URL('v1/events', baseUrl), {
    method: 'POST',
    headers: { Authorization: `Bearer ${writeKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ sent_at: new Date().toISOString(), events: [event] }),
  }).catch((error: unknown) => {
    throw networkError(error);
  });
  if (!response.ok) throw problemFrom(response.status, await response.text(), response.headers.get('Retry-After'));
  return (await response.json()) as SendAnswer;
}

/** The test event of the set-up page, which happens now. */
export const sendEvent = (baseUrl: string, writeKey: string, event: object): Promise<SendAnswer> =>
  send(baseUrl, writeKey, { ...event, time: new Date().toISOString() });

/** An event that was refused before, as it was mended; its time is its own. */
export async function sendAgain(baseUrl: string, writeKey: string, event: object): Promise<Verdict> {
  const answer = await send(baseUrl, writeKey, event);
  const told = answer.results?.[0];
  return { taken: answer.accepted === 1, tag: told?.tag ?? null, detail: told?.detail ?? null };
}
