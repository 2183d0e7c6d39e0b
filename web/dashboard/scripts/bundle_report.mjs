// What each script is made of, so that what does not belong there can be seen: npm run report [-- NAME ...], names as in the output of
// the budgets. A module's share of the brotli bytes is told by its length before minification, which is near enough to find the large ones.
import { brotliCompressSync } from 'node:zlib';
import { relative } from 'node:path';
import { build } from 'vite';
import { plainName } from './chunks.mjs';

const shownMax = 25;
const wanted = process.argv.slice(2);

/** A library is one line, whatever number of files it has. */
const partOf = (id) => {
  const library = id.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1];
  return library ?? relative(process.cwd(), id.split('?')[0].replace('\0', ''));
};

const { output } = await build({ logLevel: 'error', build: { write: false } });
const chunks = output
  .filter(({ type }) => type === 'chunk')
  .map((chunk) => {
    const lengths = new Map();
    for (const [id, { renderedLength }] of Object.entries(chunk.modules))
      lengths.set(partOf(id), (lengths.get(partOf(id)) ?? 0) + renderedLength);
    return { name: plainName(chunk.fileName), bytes: brotliCompressSync(chunk.code).length, lengths };
  })
  .toSorted((a, b) => b.bytes - a.bytes);

for (const { name, bytes, lengths } of chunks) {
  if (wanted.length > 0 && !wanted.includes(name.replace(/\.js$/, ''))) continue;
  const whole = [...lengths.values()].reduce((sum, length) => sum + length, 0);
  console.log(`${name}: ${bytes} bytes brotli`);
  const parts = [...lengths].toSorted(([, a], [, b]) => b - a);
  for (const [part, length] of parts.slice(0, shownMax))
    console.log(`  ${String(Math.round((bytes * length) / whole)).padStart(7)}  ${part}`);
  if (parts.length > shownMax) console.log(`           and ${parts.length - shownMax} more`);
}
