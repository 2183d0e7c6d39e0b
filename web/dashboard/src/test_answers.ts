import type { Explanation, FeedEntry, MetricAnswer, MetricPoint, RetentionAnswer } from './api/types';

// Answers as the API gives them, with the parts a test cares about replaced.

export const explanation: Explanation = {
  metric: 'dau',
  title: 'Daily active players',
  definition: 'Distinct players with an event on the day.',
  unit: 'players',
  timezone: 'UTC',
  window: 'calendar day',
  from: '2026-11-01',
  to: '2026-11-04',
  complete: false,
  late_share: 0.01,
  as_of: '2026-11-04T10:00:00.000Z',
};

export const points = (values: (number | null)[], from = 1): MetricPoint[] =>
  values.map((value, index) => ({
    date: `2026-11-${String(from + index).padStart(2, '0')}`,
    value,
    provisional: false,
  }));

export const metric = (values: (number | null)[], total: number | null = null): MetricAnswer => ({
  ...explanation,
  total,
  points: points(values),
});

export const retention = (change: Partial<RetentionAnswer> = {}): RetentionAnswer => ({
  ...explanation,
  metric: 'retention',
  days: [0, 1, 7],
  cohorts: [
    {
      cohort_date: '2026-11-01',
      size: 100,
      cells: [
        { day: 0, players: 100, share: 1, complete: true },
        { day: 1, players: 40, share: 0.4, complete: true },
        { day: 7, players: 0, share: 0, complete: false },
      ],
    },
    { cohort_date: '2026-11-02', size: 0, cells: [] },
    {
      cohort_date: '2026-11-03',
      size: 50,
      cells: [
        { day: 0, players: 50, share: 1, complete: true },
        { day: 1, players: 10, share: 0.2, complete: false },
      ],
    },
  ],
  average: [
    { day: 0, share: 1, size: 150 },
    { day: 1, share: 0.4, size: 100 },
    { day: 7, share: null, size: 0 },
  ],
  ...change,
});

export const feedEntry = (change: Partial<FeedEntry> = {}): FeedEntry => ({
  time: '2026-11-04T09:59:59.000Z',
  received_at: '2026-11-04T10:00:00.000Z',
  event: 'level_start',
  player_id: 'p-1',
  country: 'DE',
  platform: 'ios',
  build: '1.4.2',
  revenue: null,
  currency: null,
  properties: { level: 3 },
  ...change,
});
