import type { EventOptions, Properties } from "./client.js";

/** The events of the game model, by the names and properties that the server's own reports use. */
export abstract class GameEvents {
  abstract track(event: string, properties?: Properties, options?: EventOptions): string;
  abstract setLevel(level: number): void;
  protected abstract withLevel(properties?: Properties): Properties;

  tutorialStep(step: number): string {
    return this.track("tutorial_step", { step });
  }

  tutorialComplete(): string {
    return this.track("tutorial_complete");
  }

  levelStart(level: number, difficulty?: string, attempt = 1): string {
    return this.progression("level_start", level, difficulty, attempt);
  }

  levelComplete(level: number, difficulty?: string, attempt = 1): string {
    return this.progression("level_complete", level, difficulty, attempt);
  }

  levelFail(level: number, difficulty?: string, attempt = 1): string {
    return this.progression("level_fail", level, difficulty, attempt);
  }

  economySource(currency: string, amount: number, reason: string): string {
    return this.track("economy_source", { currency, amount, reason });
  }

  economySink(currency: string, amount: number, item: string): string {
    return this.track("economy_sink", { currency, amount, item });
  }

  storeOpen(): string {
    return this.track("store_open");
  }

  /** `amount` in major units; a string ("4.99") keeps it exact. */
  purchase(product: string, amount: string | number, currency: string): string {
    return this.revenue("purchase", amount, currency, this.withLevel({ product }));
  }

  adImpression(placement: string, format: string, amount?: string | number, currency = ""): string {
    if (amount === undefined) return this.track("ad_impression", { placement, format });
    return this.revenue("ad_impression", amount, currency, { placement, format });
  }

  error(kind: string): string {
    return this.track("error", this.withLevel({ kind }));
  }

  crash(kind: string): string {
    return this.track("crash", this.withLevel({ kind }));
  }

  revenue(event: string, amount: string | number, currency: string, properties?: Properties): string {
    return this.track(event, properties, { revenue: [amount, currency] });
  }

  private progression(event: string, level: number, difficulty: string | undefined, attempt: number): string {
    this.setLevel(level);
    return this.track(event, difficulty ? { level, difficulty, attempt } : { level, attempt });
  }
}
