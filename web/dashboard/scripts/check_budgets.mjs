// Fails the build when the dashboard grows past its budgets: what the first page loads, what each other page loads on top of it, and
// everything together.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { outputDirectory } from './output_directory.mjs';

const KiB = 1024;
const budgets = { firstRouteScript: 170 * KiB, largestLazyRoute: 60 * KiB, total: 500 * KiB };

const wireSize = (name) => {
  const path = join(outputDirectory, name);
  return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
};

const files = readdirSync(outputDirectory, { recursive: true })
  .map(String)
  .filter((name) => statSync(join(outputDirectory, name)).isFile() && !/\.(br|gz)$/.test(name));
const html = readFileSync(join(outputDirectory, 'index.html'), 'utf8');
// What index.html names is what the first page loads: its scripts and the modules preloaded for them.
const firstScripts = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map((match) => match[1]);
if (firstScripts.length === 0) throw new Error('index.html names no script; the budget would measure nothing');

const sum = (names) => names.reduce((bytes, name) => bytes + wireSize(name), 0);

const scripts = new Map(
  files.filter((name) => name.endsWith('.js')).map((name) => [name, readFileSync(join(outputDirectory, name), 'utf8')]),
);
const folderOf = (name) => name.slice(0, name.lastIndexOf('/') + 1);
const named = (name, pattern) =>
  [...(scripts.get(name) ?? '').matchAll(pattern)].map((match) => folderOf(name) + match[1]);
const imports = (name) => named(name, /(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g);
const lazy = (name) => named(name, /import\(\s*["'`]\.\/([^"'`]+\.js)["'`]/g);

/** A script and all that it imports at once. */
function closure(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const next of imports(name)) closure(next, found);
  return found;
}

const first = new Set(firstScripts.flatMap((name) => [...closure(name)]));
const routes = [...new Set([...scripts.keys()].flatMap(lazy))].map((name) => ({
  name,
  bytes: sum([...closure(name)].filter((one) => !first.has(one))),
}));
if (routes.length === 0) throw new Error('no page is loaded lazily; the budget of pages would measure nothing');
const largest = routes.toSorted((a, b) => b.bytes - a.bytes)[0];
const measured = { firstRouteScript: sum([...first]), largestLazyRoute: largest.bytes, total: sum(files) };
console.log(`     ${routes.length} lazy routes, the largest is ${largest.name}`);

let failed = false;
for (const [name, limit] of Object.entries(budgets)) {
  const over = measured[name] > limit;
  failed ||= over;
  console.log(`${over ? 'OVER' : 'ok  '} ${name}: ${(measured[name] / KiB).toFixed(1)} of ${limit / KiB} KiB brotli`);
}
process.exit(failed ? 1 : 0);
