const keyPlaceholder = 'YOUR_WRITE_KEY';

export interface Snippet {
  id: string;
  name: string;
  hint: string;
  code: string;
}

/** What to paste to see a first event: the address is the one this page came from. */
export function snippets(baseUrl: string, writeKey: string | null): Snippet[] {
  const host = baseUrl.replace(/\/$/, '');
  const key = writeKey ?? keyPlaceholder;
  return [
    {
      id: 'curl',
      name: 'curl',
      hint: 'One event from a terminal.',
      code: `curl ${host}/v1/events \\
  -H 'Authorization: Bearer ${key}' \\
  -H 'Content-Type: application/json' \\
  -d '{"events":[{"event":"level_start","player_id":"p-1","platform":"pc","properties":{"level":1}}]}'`,
    },
    {
      id: 'posthog-node',
      name: 'posthog-node',
      hint: 'Already using a PostHog client? Change the host and the key; nothing else.',
      code: `import { PostHog } from 'posthog-node';

const client = new PostHog('${key}', { host: '${host}' });
client.capture({ distinctId: 'p-1', event: 'level_start', properties: { level: 1 } });
await client.shutdown();`,
    },
  ];
}

/** The event that the button on the page sends. */
export const testEvent = {
  event: 'dashboard_test',
  player_id: 'dashboard-test-player',
  platform: 'web',
  properties: { note: 'Sent with the button on the get-started page' },
};
