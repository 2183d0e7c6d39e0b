import type { ReactNode } from 'react';
import type { InsightSearch } from '../state/insight_search';
import type { InsightView } from './use_insight';

/** What a chart of a page is given, on the page itself and on a board. */
export interface CardProps<Search = InsightSearch> {
  view: InsightView;
  search: Search;
  update: (change: Partial<Record<keyof Search, string | number | undefined>>) => void;
}

/** The charts of a page by the names that they have in their `data-chart`. */
export type Cards<Search = InsightSearch> = Record<string, (given: CardProps<Search>) => ReactNode>;
