import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';
const storageName = 'gm.theme';
const listeners = new Set<() => void>();
const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');

function stored(): Theme {
  try {
    const value = localStorage.getItem(storageName);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

let chosen: Theme = stored();
// A screen on a wall is dark whatever its reader has chosen for the desk.
let forced: 'dark' | null = null;
const current = (): Theme => forced ?? chosen;

function apply(): void {
  const theme = current();
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  for (const listener of listeners) listener();
}

systemIsDark.addEventListener('change', () => listeners.forEach((listener) => listener()));
apply();

export function setTheme(theme: Theme): void {
  chosen = theme;
  try {
    if (theme === 'system') localStorage.removeItem(storageName);
    else localStorage.setItem(storageName, theme);
  } catch {
    // Storage is forbidden: the choice lasts as long as the page.
  }
  apply();
}

export function forceTheme(theme: 'dark' | null): void {
  forced = theme;
  apply();
}

const order: Theme[] = ['system', 'light', 'dark'];
export const nextTheme = (theme: Theme): Theme => order[(order.indexOf(theme) + 1) % order.length] ?? 'system';

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useTheme = (): Theme => useSyncExternalStore(subscribe, () => chosen);

/** What is on the screen now; canvas charts draw anew when it changes. */
export const useShownTheme = (): 'light' | 'dark' =>
  useSyncExternalStore(subscribe, () => {
    const theme = current();
    return theme === 'system' ? (systemIsDark.matches ? 'dark' : 'light') : theme;
  });
