import type { HealthField } from '../../builds/health';
import { insightSearch, type InsightSearch } from '../../state/insight_search';
import { optional } from '../../state/search';

export interface BuildsSearch extends InsightSearch {
  by?: Exclude<HealthField, 'build'>;
}

export function buildsSearch(search: Record<string, unknown>): BuildsSearch {
  const { by } = search;
  const known: BuildsSearch['by'] = by === 'platform' || by === 'device' ? by : undefined;
  return { ...insightSearch(search), ...optional('by', known) };
}
