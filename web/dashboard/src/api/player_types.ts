import type { FeedEntry } from './types';

// The shapes of docs/reference/queries.md about single players.

export interface Player {
  player_id: string;
  first_seen: string;
  last_seen: string;
  country: string | null;
  platform: string | null;
  build: string | null;
  events: number;
  sessions: number;
  revenue: number;
}

export interface PlayerPage {
  total: number;
  players: Player[];
  next: number | null;
}

export interface TimelinePage {
  events: FeedEntry[];
  /** Give it as `before` to read on; null: the player's first event is here. */
  next: string | null;
}

export interface IdentityLink {
  id: string;
  kind: string;
  member: string;
  player: string;
  received_at: string;
  outcome: string;
  undone_at: string | null;
}

export interface LinksAnswer {
  links: IdentityLink[];
  next: number | null;
}
