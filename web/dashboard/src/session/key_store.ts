// The project key and, if the link carried one, the write key used in snippets. They live in localStorage and nowhere else.

const names = { project: 'gm.project_key', write: 'gm.write_key' } as const;
export type KeyKind = keyof typeof names;

const patterns: Record<KeyKind, RegExp> = { project: /^gm_pk_[\w-]+$/, write: /^gm_wk_[\w-]+$/ };

export const looksLikeKey = (kind: KeyKind, text: string): boolean => patterns[kind].test(text);

export function readKey(kind: KeyKind): string | null {
  try {
    return localStorage.getItem(names[kind]);
  } catch {
    return memory[kind] ?? null;
  }
}

export function storeKey(kind: KeyKind, key: string | null): void {
  if (key === null) delete memory[kind];
  else memory[kind] = key;
  try {
    if (key === null) localStorage.removeItem(names[kind]);
    else localStorage.setItem(names[kind], key);
  } catch {
    // Storage is forbidden: the key lives as long as the page.
  }
}

const memory: Partial<Record<KeyKind, string>> = {};

/** Takes `#key=gm_pk_...` (and `&write_key=gm_wk_...`) out of an address. A fragment never reaches a server or its log. */
export function keysFromFragment(hash: string): { keys: Partial<Record<KeyKind, string>>; rest: string } {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const keys: Partial<Record<KeyKind, string>> = {};
  const project = parameters.get('key')?.trim();
  const write = parameters.get('write_key')?.trim();
  if (project && looksLikeKey('project', project)) keys.project = project;
  if (write && looksLikeKey('write', write)) keys.write = write;
  const taken = parameters.has('key') || parameters.has('write_key');
  return { keys, rest: taken ? '' : hash };
}

/** Runs before the router starts, so that the key is gone from the address bar and the history before anything is shown. */
export function adoptKeysFromAddress(location: Location, history: History): void {
  const { keys, rest } = keysFromFragment(location.hash);
  for (const kind of ['project', 'write'] as const) {
    const key = keys[kind];
    if (key !== undefined) storeKey(kind, key);
  }
  if (rest !== location.hash) history.replaceState(history.state, '', location.pathname + location.search + rest);
}
