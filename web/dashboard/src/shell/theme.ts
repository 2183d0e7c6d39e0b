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

function apply(): void {
  if (chosen === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = chosen;
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

const order: Theme[] = ['system', 'light', 'dark'];
export const nextTheme = (theme: Theme): Theme => order[(order.indexOf(theme) + 1) % order.length] ?? 'system';

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useTheme = (): Theme => useSyncExternalStore(subscribe, () => chosen);

/** What is on the screen now; canvas charts draw anew when it changes. */
export const useShownTheme = (): 'light' | 'dark' =>
  useSyncExternalStore(subscribe, () => (chosen === 'system' ? (systemIsDark.matches ? 'dark' : 'light') : chosen));
