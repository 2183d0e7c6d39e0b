// Fails the build when the page grows past its budget, or names something that the content security policy would block.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { outputDirectory } from '../../dashboard/scripts/output_directory.mjs';

const KiB = 1024;
const totalMax = 500 * KiB;
// Script made of text, style elements made by script, and addresses elsewhere that style sheets or imports load.
const forbidden = { js: /\bnew Function\(|[^\w.]eval\(|import\(["'`]https?:/, css: /url\(["']?(?:data:|https?:)/, html: /(?:src|href)="https?:/ };

const files = readdirSync(outputDirectory, { recursive: true })
  .map(String)
  .filter((name) => statSync(join(outputDirectory, name)).isFile() && !/\.(br|gz)$/.test(name));
const problems = [];
let total = 0;
for (const name of files) {
  const path = join(outputDirectory, name);
  total += statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
  const found = forbidden[name.split('.').at(-1)]?.exec(readFileSync(path, 'utf8'));
  if (found) problems.push(`${name}: ${found[0]}`);
}
if (total > totalMax) problems.push(`the page is ${(total / KiB).toFixed(1)} KiB, more than ${totalMax / KiB} KiB`);
console.log(`${files.length} files, ${(total / KiB).toFixed(1)} of ${totalMax / KiB} KiB brotli`);
for (const problem of problems) console.log(`PROBLEM ${problem}`);
process.exit(problems.length > 0 ? 1 : 0);
