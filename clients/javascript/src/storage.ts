import { inBrowser, type Storage } from "./options.js";

const prefix = "gamemetrics.";

/** localStorage, as far as the browser lets us: private windows and full quotas throw. */
export function browserStorage(): Storage | null {
  if (!inBrowser) return null;
  return {
    get(name) {
      try {
        return localStorage.getItem(prefix + name) ?? "";
      } catch {
        return "";
      }
    },
    set(name, value) {
      try {
        if (value) localStorage.setItem(prefix + name, value);
        else localStorage.removeItem(prefix + name);
      } catch {
        // What cannot be kept is lost at the end of the page; the game goes on.
      }
    },
  };
}
