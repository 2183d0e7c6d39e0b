import type { SenderId } from './sender_ids';

/** Where a snippet sends to, and with what; both as they are written into code. */
export interface Target {
  /** Without a slash at its end. */
  host: string;
  key: string;
}

export interface Snippet {
  /** The file or place it belongs to. */
  name: string;
  language: 'sh' | 'js' | 'cs' | 'gd' | 'py' | 'go' | 'cpp';
  code: (target: Target) => string;
}

export interface Sender {
  id: SenderId;
  name: string;
  /** One sentence: what has to be changed. */
  hint: string;
  snippet: Snippet;
  /** What stands in the way of pasting it as it is. */
  note?: string;
}

export interface SenderGroup {
  name: string;
  senders: Sender[];
}

const anyClient = 'One import, no dependency; unsent events survive a restart.';
const sameCalls = (product: string) => `${product} stays in the game. Host and key change, the calls do not.`;

const http: SenderGroup = {
  name: 'No client',
  senders: [
    {
      id: 'curl',
      name: 'HTTP, curl',
      hint: 'One request with JSON: from a terminal, or from any language.',
      snippet: {
        name: 'Terminal',
        language: 'sh',
        code: ({ host, key }) => `curl ${host}/v1/events \\
  -H 'Authorization: Bearer ${key}' \\
  -H 'Content-Type: application/json' \\
  -d '{"events":[{"event":"level_start","player_id":"p-1","platform":"pc","properties":{"level":1}}]}'`,
      },
    },
    {
      id: 'otlp',
      name: 'OpenTelemetry',
      hint: 'Log records with an event name are events. Point the log exporter here, or try one record first.',
      snippet: {
        name: 'Terminal',
        language: 'sh',
        code: ({ host, key }) => `export OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=${host}/v1/logs
export OTEL_EXPORTER_OTLP_LOGS_HEADERS="Authorization=Bearer ${key}"

# or one record by hand
curl ${host}/v1/logs -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\
  -d '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"eventName":"level_start",
       "attributes":[{"key":"user.id","value":{"stringValue":"p-1"}}]}]}]}]}'`,
      },
    },
  ],
};

const own: SenderGroup = {
  name: 'GameMetrics clients',
  senders: [
    {
      id: 'javascript',
      name: 'JavaScript',
      hint: anyClient,
      snippet: {
        name: 'clients/javascript',
        language: 'js',
        code: ({ host, key }) => `import { Client } from '@gamemetrics/client';

const metrics = new Client('${host}', '${key}', { build: '1.0.0' });
metrics.levelStart(1, 'easy');
await metrics.shutdown(); // Node.js; a page needs nothing`,
      },
    },
    {
      id: 'unity',
      name: 'Unity',
      hint: anyClient,
      note: 'Its core is tested, the part that needs Unity was only compiled so far. Try it in your project before you ship it.',
      snippet: {
        name: 'clients/unity',
        language: 'cs',
        code: ({ host, key }) => `using GameMetrics;

Client metrics = GameMetricsBehaviour.Begin("${host}", "${key}");
metrics.LevelStart(1, "easy");`,
      },
    },
    {
      id: 'godot',
      name: 'Godot',
      hint: anyClient,
      note: 'It was never run in Godot so far. Try it in your project before you ship it.',
      snippet: {
        name: 'clients/godot',
        language: 'gd',
        code: ({ host, key }) => `var metrics = GameMetrics.begin("${host}", "${key}", {"build": "1.0.0"})
metrics.level_start(1, "easy")`,
      },
    },
    {
      id: 'cpp',
      name: 'C++',
      hint: 'Headers only: for engines of your own and for Unreal.',
      snippet: {
        name: 'clients/cpp',
        language: 'cpp',
        code: ({ host, key }) => `#include "gamemetrics/curl_transport.h"
#include "gamemetrics/gamemetrics.h"

gamemetrics::Client metrics("${host}", "${key}", gamemetrics::curl_transport(), {});
metrics.level_start(1, "easy");`,
      },
    },
    {
      id: 'python',
      name: 'Python',
      hint: anyClient,
      snippet: {
        name: 'clients/python',
        language: 'py',
        code: ({ host, key }) => `import gamemetrics

with gamemetrics.Client("${host}", "${key}", build="1.0.0") as metrics:
    metrics.set_player("p-1")
    metrics.level_start(1, "easy")`,
      },
    },
    {
      id: 'go',
      name: 'Go',
      hint: 'For game servers and tools.',
      snippet: {
        name: 'clients/go',
        language: 'go',
        code: ({ host, key }) => `metrics, err := gamemetrics.New("${host}", "${key}", gamemetrics.Options{})
if err != nil {
	return err
}
defer metrics.Shutdown()
metrics.SetPlayer("p-1")
metrics.LevelStart(1, "easy", 1)`,
      },
    },
  ],
};

const hostAndPort = (host: string) => {
  const { hostname, port, protocol } = new URL(host);
  return { hostname, protocol: protocol.slice(0, -1), port: port || (protocol === 'https:' ? '443' : '80') };
};

const others: SenderGroup = {
  name: 'Already in the game',
  senders: [
    {
      id: 'posthog',
      name: 'PostHog',
      hint: sameCalls('PostHog’s client'),
      snippet: {
        name: 'posthog-node',
        language: 'js',
        code: ({ host, key }) => `import { PostHog } from 'posthog-node';

const client = new PostHog('${key}', { host: '${host}' });
client.capture({ distinctId: 'p-1', event: 'level_start', properties: { level: 1 } });
await client.shutdown();`,
      },
    },
    {
      id: 'segment',
      name: 'Segment, RudderStack',
      hint: sameCalls('Segment’s client'),
      snippet: {
        name: '@segment/analytics-node',
        language: 'js',
        code: ({ host, key }) => `import { Analytics } from '@segment/analytics-node';

const analytics = new Analytics({ writeKey: '${key}', host: '${host}' });
analytics.track({ userId: 'p-1', event: 'level_start', properties: { level: 1 } });
await analytics.closeAndFlush();`,
      },
    },
    {
      id: 'amplitude',
      name: 'Amplitude',
      hint: sameCalls('Amplitude’s client'),
      snippet: {
        name: '@amplitude/analytics-node',
        language: 'js',
        code: ({ host, key }) => `import { createInstance } from '@amplitude/analytics-node';

const amplitude = createInstance();
await amplitude.init('${key}', { serverUrl: '${host}/2/httpapi' }).promise;
await amplitude.track('level_start', { level: 1 }, { user_id: 'p-1' }).promise;`,
      },
    },
    {
      id: 'gameanalytics',
      name: 'GameAnalytics',
      hint: 'Its SDKs have their host built in; in JavaScript it is changed before initialize.',
      note: 'It needs a pair of keys of its own, not the write key: gamemetrics key create gameanalytics prints both.',
      snippet: {
        name: 'gameanalytics',
        language: 'js',
        code: ({ host }) => `const api = gameanalytics.http.GAHTTPApi.instance;
api.baseUrl = '${host}/v2';
api.remoteConfigsBaseUrl = '${host}/remote_configs/v1';

const { GameAnalytics, EGAProgressionStatus } = gameanalytics;
GameAnalytics.initialize('GAME_KEY', 'SECRET_KEY');
GameAnalytics.addProgressionEvent(EGAProgressionStatus.Start, 'level1');`,
      },
    },
    {
      id: 'snowplow',
      name: 'Snowplow',
      hint: 'The collector’s endpoint is this server, the app id is the write key.',
      snippet: {
        name: '@snowplow/node-tracker',
        language: 'js',
        code: ({ host, key }) => {
          const { hostname, protocol, port } = hostAndPort(host);
          return `import { buildSelfDescribingEvent, newTracker } from '@snowplow/node-tracker';

const tracker = newTracker(
  { namespace: 'game', appId: '${key}' },
  { endpoint: '${hostname}', protocol: '${protocol}', port: ${port} },
);
tracker.setUserId('p-1');
tracker.track(buildSelfDescribingEvent({
  event: { schema: 'iglu:com.mygame/level_start/jsonschema/1-0-0', data: { level: 1 } },
}));
tracker.flush();`;
        },
      },
    },
    {
      id: 'mixpanel',
      name: 'Mixpanel',
      hint: sameCalls('Mixpanel’s client'),
      snippet: {
        name: 'mixpanel',
        language: 'js',
        code: ({ host, key }) => {
          const { hostname, protocol, port } = hostAndPort(host);
          return `import Mixpanel from 'mixpanel';

const mixpanel = Mixpanel.init('${key}', { host: '${hostname}', port: ${port}, protocol: '${protocol}' });
mixpanel.track('level_start', { distinct_id: 'p-1', level: 1 });`;
        },
      },
    },
    {
      id: 'countly',
      name: 'Countly',
      hint: 'The url is this server, the app key is the write key. Countly’s clients use only host and port of a url.',
      snippet: {
        name: 'countly-sdk-nodejs',
        language: 'js',
        code: ({ host, key }) => `import Countly from 'countly-sdk-nodejs';

Countly.init({ app_key: '${key}', url: '${new URL(host).origin}', device_id: 'p-1' });
Countly.add_event({ key: 'level_start', segmentation: { level: 1 } });`,
      },
    },
  ],
};

export const senderGroups: SenderGroup[] = [http, own, others];
export const senders: Sender[] = senderGroups.flatMap((group) => group.senders);

export const senderOf = (id: string | undefined): Sender =>
  senders.find((sender) => sender.id === id) ?? (senders[0] as Sender);

/** What the server calls the language an event came in, as people call it. */
const languages: Record<string, string> = {
  native: 'the HTTP API',
  posthog: 'a PostHog client',
  segment: 'a Segment client',
  amplitude: 'an Amplitude client',
  gameanalytics: 'a GameAnalytics SDK',
  snowplow: 'a Snowplow tracker',
  mixpanel: 'a Mixpanel client',
  countly: 'a Countly SDK',
  otlp: 'an OpenTelemetry exporter',
  cloudevents: 'CloudEvents',
  aws_game: 'the AWS game pipeline',
};

export const languageName = (source: string): string => languages[source] ?? source;

/** The event that the button on the page sends. */
export const testEvent = {
  event: 'dashboard_test',
  player_id: 'dashboard-test-player',
  platform: 'web',
  properties: { note: 'Sent with the button on the set-up page' },
};
