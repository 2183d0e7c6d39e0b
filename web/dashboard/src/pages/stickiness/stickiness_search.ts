import { intervals, type LifecycleInterval } from '../../lifecycle/states';
import { insightSearch, type InsightSearch } from '../../state/insight_search';
import { optional } from '../../state/search';

export interface StickinessSearch extends InsightSearch {
  /** The interval of the lifecycle. */
  by?: Exclude<LifecycleInterval, 'day'>;
}

export function stickinessSearch(search: Record<string, unknown>): StickinessSearch {
  const { by } = search;
  const known = typeof by === 'string' && by !== 'day' && Object.hasOwn(intervals, by);
  return { ...insightSearch(search), ...optional('by', known ? (by as Exclude<LifecycleInterval, 'day'>) : undefined) };
}
