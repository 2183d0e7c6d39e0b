import { inBrowser } from "./options.js";

interface NodeProcess {
  once?(event: "beforeExit", call: () => void): void;
  removeListener?(event: "beforeExit", call: () => void): void;
}

/** Calls `leave` whenever the page may be about to end, or `exit` when a Node.js program runs out of work. Returns how to stop that. */
export function onLeave(leave: () => void, exit: () => void): () => void {
  if (!inBrowser) {
    const process = (globalThis as { process?: NodeProcess }).process;
    process?.once?.("beforeExit", exit);
    return () => process?.removeListener?.("beforeExit", exit);
  }
  // Phones end hidden pages without another word, so "hidden" is the last safe moment; pagehide covers older browsers.
  const hidden = (): void => {
    if (document.visibilityState === "hidden") leave();
  };
  document.addEventListener("visibilitychange", hidden);
  addEventListener("pagehide", leave);
  return () => {
    document.removeEventListener("visibilitychange", hidden);
    removeEventListener("pagehide", leave);
  };
}
