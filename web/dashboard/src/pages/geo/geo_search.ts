import { isMeasure, type Measure } from '../../geo/measures';
import { insightSearch, type InsightSearch } from '../../state/insight_search';
import { optional } from '../../state/search';

export interface GeoSearch extends InsightSearch {
  measure?: Exclude<Measure, 'players'>;
}

export function geoSearch(search: Record<string, unknown>): GeoSearch {
  const { measure } = search;
  return {
    ...insightSearch(search),
    ...optional('measure', isMeasure(measure) && measure !== 'players' ? measure : undefined),
  };
}
