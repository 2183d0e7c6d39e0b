// Fails the build when the dashboard grows past its budgets: what the first page loads, what each other page loads on top of it, and
// everything together. Says which files have grown since scripts/chunk_sizes.json was written, and fails when the first page has grown by
// more than a little without that file: a budget that is crept up to says nothing about who took it.
//
//   node scripts/check_budgets.mjs            checks
//   node scripts/check_budgets.mjs --record   checks, and writes the sizes down
import { readFileSync, writeFileSync } from 'node:fs';
import { plainSizes, readChunks } from './chunks.mjs';
import { outputDirectory } from './output_directory.mjs';

const KiB = 1024;
const budgets = { firstRouteScript: 170 * KiB, largestLazyRoute: 60 * KiB, total: 500 * KiB };
/** What the first page may grow by before its new size has to be written down. */
const unrecordedMax = 2 * KiB;
/** Brotli's sizes differ by a few bytes between versions of Node.js. */
const toldFrom = 64;
const recordFile = new URL('chunk_sizes.json', import.meta.url);

const kib = (bytes) => `${(bytes / KiB).toFixed(1)} KiB`;

const { sizes, first, routes } = readChunks(outputDirectory);
const sum = (names) => names.reduce((bytes, name) => bytes + sizes.get(name), 0);
const largest = routes
  .map(({ name, scripts }) => ({ name, bytes: sum(scripts) }))
  .toSorted((a, b) => b.bytes - a.bytes)[0];
const measured = { firstRouteScript: sum([...first]), largestLazyRoute: largest.bytes, total: sum([...sizes.keys()]) };

console.log(`     ${routes.length} lazy scripts, the largest route is ${largest.name}`);
for (const name of first) console.log(`     first: ${name} ${kib(sizes.get(name))}`);

const recorded = JSON.parse(readFileSync(recordFile, 'utf8'));
const now = plainSizes(sizes);
for (const name of new Set([...Object.keys(recorded.files), ...Object.keys(now)])) {
  const growth = (now[name] ?? 0) - (recorded.files[name] ?? 0);
  if (Math.abs(growth) < toldFrom) continue;
  const what = name in now ? (name in recorded.files ? kib(now[name]) : `new, ${kib(now[name])}`) : 'gone';
  console.log(`     ${growth > 0 ? '+' : ''}${growth} bytes: ${name} (${what})`);
}

let failed = false;
for (const [name, limit] of Object.entries(budgets)) {
  const over = measured[name] > limit;
  failed ||= over;
  console.log(`${over ? 'OVER' : 'ok  '} ${name}: ${kib(measured[name])} of ${limit / KiB} brotli`);
}
if (process.argv.includes('--record')) {
  writeFileSync(recordFile, `${JSON.stringify({ firstRouteScript: measured.firstRouteScript, files: now }, null, 2)}\n`);
} else if (measured.firstRouteScript > recorded.firstRouteScript + unrecordedMax) {
  failed = true;
  console.log(
    `GREW firstRouteScript was ${kib(recorded.firstRouteScript)}: take out what the first page does not need, or npm run budgets:record and say why`,
  );
}
process.exit(failed ? 1 : 0);
