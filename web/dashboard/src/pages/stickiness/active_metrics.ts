/** Distinct players of a day, and of the 7 and 30 days that end with it. */
export const activeMetrics = [
  { name: 'dau', label: 'DAU', long: 'of the day', color: '--series-1' },
  { name: 'wau', label: 'WAU', long: 'of the 7 days to', color: '--series-2' },
  { name: 'mau', label: 'MAU', long: 'of the 30 days to', color: '--series-3' },
] as const;
export type ActiveMetric = (typeof activeMetrics)[number];
