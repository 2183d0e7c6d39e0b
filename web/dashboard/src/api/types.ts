// The shapes of docs/reference/http-api.md.

export interface Project {
  project: number;
  name: string;
  timezone: string;
  currency: string;
  created_at: string;
  first_event_at: string | null;
  last_event_at: string | null;
  events: number;
}

/** What every answer about numbers says of itself. */
export interface Explanation {
  metric: string;
  title: string;
  definition: string;
  unit: string;
  timezone: string;
  window: string;
  from: string;
  to: string;
  complete: boolean;
  late_share: number;
  as_of: string;
  /** Only in answers about money. */
  unconverted?: UnconvertedMoney[];
}

/** Money that is in no number, because no rate was known for its day. */
export interface UnconvertedMoney {
  currency: string;
  events: number;
  amount: number | null;
}

export interface MetricPoint {
  date: string;
  value: number | null;
  provisional: boolean;
}

export interface MetricAnswer extends Explanation {
  total: number | null;
  points: MetricPoint[];
}

export interface RetentionCell {
  day: number;
  players: number;
  share: number;
  complete: boolean;
}

export interface RetentionCohort {
  cohort_date: string;
  size: number;
  cells: RetentionCell[];
}

export interface RetentionAnswer extends Explanation {
  days: number[];
  cohorts: RetentionCohort[];
  average: { day: number; share: number | null; size: number }[];
}

export interface TopEventsAnswer extends Explanation {
  rows: { event: string; events: number; share: number }[];
}

export interface CatalogueMetric {
  name: string;
  title: string;
  definition: string;
  unit: string;
  window: string;
}

export interface FeedEntry {
  time: string;
  received_at: string;
  event: string;
  player_id: string;
  country?: string | null;
  platform?: string | null;
  build?: string | null;
  revenue?: number | null;
  currency?: string | null;
  properties?: Record<string, unknown> | null;
}

export interface LiveAnswer {
  as_of: string;
  players_5_min: number;
  players_30_min: number;
  minutes: { minute: string; events: number; players: number }[];
  events: FeedEntry[];
}

export interface RejectedRow {
  offset: number;
  received_at: string;
  reason: string;
  detail: string;
  source: string;
  raw: string;
}

export interface RejectedAnswer {
  total: number;
  reasons: { reason: string; events: number }[];
  rows: RejectedRow[];
  next: number | null;
}

export interface PipelineAnswer {
  log_end: number;
  processed: number;
  lag_events: number;
  stored: number;
  duplicates: number;
  rejected: number;
  last_commit_at: string | null;
}

export type MetricName =
  | 'dau'
  | 'new_players'
  | 'returning_players'
  | 'events'
  | 'sessions'
  | 'session_minutes'
  | 'revenue'
  | 'payers'
  | 'arpdau';
