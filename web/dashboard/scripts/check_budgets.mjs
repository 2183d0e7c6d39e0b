// Fails the build when the dashboard grows past its budgets: what the first page loads, and everything together.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { outputDirectory } from './output_directory.mjs';

const KiB = 1024;
const budgets = { firstRouteScript: 170 * KiB, total: 500 * KiB };

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
const measured = { firstRouteScript: sum(firstScripts), total: sum(files) };

let failed = false;
for (const [name, limit] of Object.entries(budgets)) {
  const over = measured[name] > limit;
  failed ||= over;
  console.log(`${over ? 'OVER' : 'ok  '} ${name}: ${(measured[name] / KiB).toFixed(1)} of ${limit / KiB} KiB brotli`);
}
process.exit(failed ? 1 : 0);
