import { playerIdFits, uuid7 } from "./events.js";
import type { Settings } from "./options.js";

/** Who plays, and in which session. */
export class Player {
  id: string;
  optedOut: boolean;
  isNew = false;
  level: number | null = null;
  sessionId = "";
  sessionStartMs = 0;
  lastMs = 0;

  constructor(private readonly settings: Settings) {
    const stored = settings.storage?.get("opted_out");
    this.optedOut = stored ? stored === "yes" : settings.optedOut;
    this.id = settings.playerId || this.anonymous();
  }

  identify(playerId: string): boolean {
    if (!playerIdFits(playerId)) return false;
    this.id = playerId || this.anonymous();
    return true;
  }

  /** Opting out forgets who it was; opting in again starts as somebody new. */
  opt(out: boolean): void {
    const { storage, playerId } = this.settings;
    this.optedOut = out;
    storage?.set("opted_out", out ? "yes" : "no");
    if (out) {
      this.sessionId = "";
      storage?.set("player_id", "");
      storage?.set("unsent", "");
    } else {
      this.id = playerId || this.anonymous();
    }
  }

  /** True when an event of now has to open a new session. */
  sessionIsOver(now: number): boolean {
    return this.sessionId ? now - this.lastMs > this.settings.sessionGapMs : this.settings.autoSession;
  }

  beginSession(now: number): void {
    this.sessionId = uuid7(now);
    this.sessionStartMs = this.lastMs = now;
  }

  private anonymous(): string {
    const { storage } = this.settings;
    const found = storage?.get("player_id");
    if (found) return found;
    const made = uuid7(this.settings.clockMs());
    if (storage && !this.optedOut) {
      this.isNew = true;
      storage.set("player_id", made);
    }
    return made;
  }
}
