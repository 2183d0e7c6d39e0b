import { insightSearch, type InsightSearch } from '../../state/insight_search';
import { optional, text } from '../../state/search';

export const kinds = {
  classic: 'On day N',
  rolling: 'On day N or later',
  bracket: 'Within a span of days',
  return: 'By day N',
  full: 'Every day to N',
} as const;
export type Kind = keyof typeof kinds;
export const units = { day: 'Day', week: 'Week', month: 'Month' } as const;
export type Unit = keyof typeof units;
export const windows = { calendar: 'Calendar days', hours: '24 hours from the start' } as const;

export interface RetentionSearch extends InsightSearch {
  kind?: Kind;
  by?: Exclude<Unit, 'day'>;
  window?: 'hours';
  /** The event that makes a player one of a cohort, and the one that counts as coming back. */
  start?: string;
  back?: string;
  cells?: 'players';
  cohorts?: 'all';
}

export const unitOf = (search: RetentionSearch): Unit => search.by ?? 'day';
/** Weeks and months ask who came back in them; a single day of a later week would be a strange question to begin with. */
const usualKind = (by: Unit): Kind => (by === 'day' ? 'classic' : 'bracket');
export const kindOf = (search: RetentionSearch): Kind => search.kind ?? usualKind(unitOf(search));

/** Only what differs from the usual stands in an address. */
export const writtenKind = (kind: Kind, by: Unit): Kind | undefined => (kind === usualKind(by) ? undefined : kind);

export function retentionSearch(search: Record<string, unknown>): RetentionSearch {
  const { kind, by } = search;
  const unit: RetentionSearch['by'] = by === 'week' || by === 'month' ? by : undefined;
  const known = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? (kind as Kind) : undefined;
  return {
    ...insightSearch(search),
    ...optional('kind', known && writtenKind(known, unit ?? 'day')),
    ...optional('by', unit),
    ...optional('window', search['window'] === 'hours' ? ('hours' as const) : undefined),
    ...optional('start', text(search['start'])),
    ...optional('back', text(search['back'])),
    ...optional('cells', search['cells'] === 'players' ? ('players' as const) : undefined),
    ...optional('cohorts', search['cohorts'] === 'all' ? ('all' as const) : undefined),
  };
}
