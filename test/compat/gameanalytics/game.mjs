// A small game with the published GameAnalytics client, run as a process of its own because the client is one global object. It prints what
// was sent and what the client still holds as one line of JSON.
//
//   node game.mjs '{"url", "gameKey", "secretKey", "player", "play": "everything" | <number of events>, "bulky", "seconds"}'
import { createRequire } from 'node:module';

const game = JSON.parse(process.argv[2]);
const requests = [];

// The client is written for browsers; what it needs of one is this.
class XMLHttpRequest {
  headers = {};
  open(method, url) {
    Object.assign(this, { method, url, readyState: 1, status: 0, statusText: '', responseText: '' });
  }
  setRequestHeader(name, value) {
    this.headers[name] = value;
  }
  send(body) {
    const record = { url: this.url, headers: this.headers, body, status: 0, answer: '' };
    requests.push(record);
    fetch(this.url, { method: this.method, headers: this.headers, body })
      .then(async (response) => [response.status, await response.text()])
      .catch(() => [0, ''])
      .then(([status, text]) => {
        Object.assign(record, { status, answer: text });
        Object.assign(this, { readyState: 4, status, responseText: text });
        this.onreadystatechange();
      });
  }
}
Object.defineProperty(globalThis, 'navigator', {
  value: { userAgent: 'contract test', appName: 'node', appVersion: '20', onLine: true },
});
Object.assign(globalThis, { XMLHttpRequest, window: globalThis, addEventListener: () => {} });
console.log = () => {};

const sdk = createRequire(import.meta.url)('gameanalytics');
const { GameAnalytics } = sdk;
const api = sdk.http.GAHTTPApi.instance;
api.baseUrl = `${game.url}/v2`;
api.remoteConfigsBaseUrl = `${game.url}/remote_configs/v1`;
sdk.threading.GAThreading.ThreadWaitTimeInMs = 50;

const held = () => sdk.store.GAStore.select(sdk.store.EGAStore.Events, []).length;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function until(condition) {
  const deadline = Date.now() + game.seconds * 1000;
  while (!condition() && Date.now() < deadline) await pause(20);
}

GameAnalytics.setEventProcessInterval(1);
GameAnalytics.configureBuild('1.4.2');
GameAnalytics.configureUserId(game.player);
GameAnalytics.configureAvailableResourceCurrencies(['gold']);
GameAnalytics.configureAvailableResourceItemTypes(['boosts']);
GameAnalytics.initialize(game.gameKey, game.secretKey);
await until(() => requests.length > 0 && requests[0].status > 0);
await pause(100);

if (game.play === 'everything') {
  GameAnalytics.addBusinessEvent('USD', 499, 'boosts', 'rocket', 'shop');
  GameAnalytics.addResourceEvent(sdk.EGAResourceFlowType.Source, 'gold', 100, 'boosts', 'chest');
  GameAnalytics.addResourceEvent(sdk.EGAResourceFlowType.Sink, 'gold', 30, 'boosts', 'life');
  GameAnalytics.addProgressionEvent(sdk.EGAProgressionStatus.Start, 'world1', 'level3');
  GameAnalytics.addProgressionEvent(sdk.EGAProgressionStatus.Fail, 'world1', 'level3', '', 40);
  GameAnalytics.addProgressionEvent(sdk.EGAProgressionStatus.Complete, 'world1', 'level3', '', 90);
  GameAnalytics.addDesignEvent('Kill:Sword:Robot', 1.5, { weapon: 'sword' });
  GameAnalytics.addErrorEvent(sdk.EGAErrorSeverity.Error, 'it broke');
  GameAnalytics.addAdEvent(sdk.EGAAdAction.Show, sdk.EGAAdType.Interstitial, 'admob', 'level_end');
  GameAnalytics.addAdEvent(sdk.EGAAdAction.Clicked, sdk.EGAAdType.Banner, 'admob', 'menu');
  GameAnalytics.addDesignEvent('not/allowed'); // refused by the client, which reports it as an sdk_error
} else {
  for (let i = 0; i < game.play; i += 1) {
    if (game.bulky) GameAnalytics.addErrorEvent(sdk.EGAErrorSeverity.Info, 'x'.repeat(8000));
    else GameAnalytics.addDesignEvent('Shot', i);
  }
}
// With the start of the session, and its end: all that the client was told, except what it refused itself.
const expected = game.play === 'everything' ? 12 : game.play + 1;
const final = (request) => request.url.endsWith('/events') && ![0, 429, 503].includes(request.status);
const settled = () =>
  requests.filter(final).reduce((sum, { body }) => sum + JSON.parse(body).filter((one) => one.category !== 'sdk_error').length, 0);
if (game.play === 'everything') {
  await until(() => settled() >= expected - 1);
  GameAnalytics.endSession();
}
await until(() => settled() >= expected && held() === 0);
// Long enough for another round of the client's queue, to see whether it sends anything again.
await pause(1800);
process.stdout.write(JSON.stringify({ requests, held: held() }) + '\n', () => process.exit(0));
