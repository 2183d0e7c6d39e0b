/** What an address may name: apart from the snippets, which only the set-up page needs. */
export const senderIds = [
  'curl',
  'otlp',
  'javascript',
  'unity',
  'godot',
  'cpp',
  'python',
  'go',
  'posthog',
  'segment',
  'amplitude',
  'gameanalytics',
  'snowplow',
  'mixpanel',
  'countly',
] as const;
export type SenderId = (typeof senderIds)[number];
export const firstSender: SenderId = 'curl';
