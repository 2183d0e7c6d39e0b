// One Chromium for the whole run, and pages that remember everything that must not happen.
import { chromium } from 'playwright-core';

const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

export function launchBrowser(more = []) {
  const executablePath = process.env.GM_CHROMIUM ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: [...chromiumArguments, ...more] });
}

/** A page in a fresh profile. `problems` collects console errors, uncaught exceptions and requests to other origins. */
export async function openPage(
  browser,
  { baseUrl, theme = 'light', viewport = { width: 1440, height: 900 }, allow = [] },
) {
  const context = await browser.newContext({ colorScheme: theme, viewport, locale: 'en-US', timezoneId: 'Asia/Tokyo' });
  const page = await context.newPage();
  // Busy machines are slow; the one deadline that is a promise (5 s to the live feed) is given where it is checked.
  page.setDefaultTimeout(60_000);
  const problems = [];
  const origin = new URL(baseUrl).origin;
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !allow.some((pattern) => pattern.test(message.text())))
      problems.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => problems.push(`exception: ${error.stack ?? error}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol) && url.origin !== origin)
      problems.push(`foreign request: ${url.origin}`);
  });
  return { page, problems, close: () => context.close() };
}
