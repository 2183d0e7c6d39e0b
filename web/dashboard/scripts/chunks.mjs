// What the built scripts are, which of them the first page loads, and what each other page loads on top of them.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const folderOf = (name) => name.slice(0, name.lastIndexOf('/') + 1);

/** "assets/overview-nlvPLyKN.js" without what changes with every build. Two chunks may share such a name. */
export const plainName = (name) => name.replace(/^assets\//, '').replace(/-[\w-]{8}(?=\.\w+$)/, '');

export function readChunks(directory) {
  const files = readdirSync(directory, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(directory, name)).isFile() && !/\.(br|gz)$/.test(name));
  const wireSize = (name) => {
    const path = join(directory, name);
    return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
  };
  const sizes = new Map(files.map((name) => [name, wireSize(name)]));
  const scripts = new Map(
    files.filter((name) => name.endsWith('.js')).map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );
  const named = (name, pattern) =>
    [...(scripts.get(name) ?? '').matchAll(pattern)].map((match) => folderOf(name) + match[1]);
  const imports = (name) => named(name, /(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g);
  const lazy = (name) => named(name, /import\(\s*["'`]\.\/([^"'`]+\.js)["'`]/g);

  /** A script and all that it imports at once. */
  const closure = (name, found = new Set()) => {
    if (found.has(name)) return found;
    found.add(name);
    for (const next of imports(name)) closure(next, found);
    return found;
  };

  const html = readFileSync(join(directory, 'index.html'), 'utf8');
  // What index.html names is what the first page loads: its scripts and the modules preloaded for them.
  const firstScripts = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map((match) => match[1]);
  if (firstScripts.length === 0) throw new Error('index.html names no script; the budget would measure nothing');
  const first = new Set(firstScripts.flatMap((name) => [...closure(name)]));
  const routes = [...new Set([...scripts.keys()].flatMap(lazy))]
    .filter((name) => !first.has(name))
    .map((name) => ({ name, scripts: [...closure(name)].filter((one) => !first.has(one)) }));
  if (routes.length === 0) throw new Error('no page is loaded lazily; the budget of pages would measure nothing');
  return { sizes, first, routes };
}

/** Sizes by plain name, in the order of names, so that two builds can be compared line by line. */
export function plainSizes(sizes) {
  const sums = new Map();
  for (const [name, bytes] of sizes) sums.set(plainName(name), (sums.get(plainName(name)) ?? 0) + bytes);
  return Object.fromEntries([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
