// The demo game on a port of its own, for what is not a test: pictures and measurements.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const binary = process.env.GM_BINARY ?? join(root, 'build/release/cmd/gamemetrics/gamemetrics');
const startMs = 180_000;

function start(parameters, environment = {}) {
  const server = spawn(binary, parameters, { stdio: 'ignore', env: { ...process.env, ...environment } });
  const stop = async () => {
    if (server.exitCode !== null) return;
    const ended = new Promise((done) => server.once('exit', done));
    server.kill('SIGTERM');
    await ended;
  };
  /** Waits until `isReady`, or until the server has ended. */
  const until = async (isReady) => {
    const deadline = Date.now() + startMs;
    while (!(await isReady())) {
      assert.equal(server.exitCode, null, `${binary} ${parameters[0]} ended early`);
      assert.ok(Date.now() < deadline, `${binary} ${parameters[0]} did not start in time`);
      await new Promise((done) => setTimeout(done, 200));
    }
  };
  return { stop, until };
}

const readKeys = (file) =>
  Object.fromEntries(
    readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('=')),
  );

/** The demo serves what is inside of the binary; the same data with another dashboard is served by `serve`. */
async function serveWith(dist, data, url) {
  const server = start(['serve'], {
    GAMEMETRICS_DATA_DIR: data,
    GAMEMETRICS_HTTP_ADDRESS: new URL(url).host,
    GAMEMETRICS_INTERNAL_ADDRESS: '127.0.0.1:0',
    GAMEMETRICS_UI_DIR: resolve(dist),
  });
  await server.until(() => fetch(url).then((answer) => answer.ok, () => false));
  return server;
}

/**
 * The demo game without live traffic, so that two runs differ only by the day. The environment then names it as openTarget expects it;
 * `stop` ends it, `data` is where its data lies. GM_BINARY: the server. GM_DASHBOARD_DIST: a built dashboard to serve instead of the one inside of it.
 */
export async function startDemo({ players = 2500, days = 60 } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'gamemetrics-demo-'));
  const [data, keysFile] = [join(directory, 'data'), join(directory, 'keys')];
  const game = ['demo', '--no-live', '--port', '0', '--players', String(players), '--days', String(days)];
  let server = start([...game, '--data-dir', data, '--keys-file', keysFile]);
  await server.until(() => existsSync(keysFile));
  const keys = readKeys(keysFile);
  if (process.env.GM_DASHBOARD_DIST) {
    await server.stop();
    server = await serveWith(process.env.GM_DASHBOARD_DIST, data, keys.GAMEMETRICS_URL);
  }
  process.env.GM_URL = keys.GAMEMETRICS_URL;
  process.env.GM_PROJECT_KEY = keys.GAMEMETRICS_PROJECT_KEY;
  process.env.GM_WRITE_KEY = keys.GAMEMETRICS_WRITE_KEY;
  const stop = async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return { stop, data };
}

/** A command of the program on the data of a demo game, with `input` typed into it; what it printed. */
export function command(data, words, input = '') {
  const done = spawnSync(binary, [...words, `--data_dir=${data}`], { input, encoding: 'utf8' });
  assert.equal(done.status, 0, `${words.join(' ')}: ${done.stderr}`);
  return done.stdout.trim();
}
