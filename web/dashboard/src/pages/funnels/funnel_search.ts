import type { Question } from '../../api/questions';
import { narrowing } from '../../state/filters';
import { insightSearch, type InsightSearch } from '../../state/insight_search';
import type { DateRange } from '../../state/range';
import { optional } from '../../state/search';

export const orders = { ordered: 'In this order', strict: 'Nothing in between', any: 'In any order' } as const;
export const units = { player: 'Players', session: 'Sessions' } as const;
/** Windows in hours, as they stand in an address. */
export const windows = {
  1: '1 hour',
  24: '1 day',
  72: '3 days',
  168: '7 days',
  336: '14 days',
  720: '30 days',
} as const;
const defaultWindow = 168;
export const stepsMax = 12;
export const exclusionsMax = 8;

export interface FunnelSearch extends InsightSearch {
  /** Names of events, joined by commas. */
  steps?: string;
  order?: 'strict' | 'any';
  window?: number;
  /** Events that end an attempt, joined by commas. */
  without?: string;
  /** Steps of one session; else a player may take them in several. */
  per?: 'session';
}

const escape = (name: string) => name.replaceAll('~', '~0').replaceAll(',', '~1');
const unescape = (name: string) => name.replaceAll('~1', ',').replaceAll('~0', '~');

export const readSteps = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map(unescape)
    .filter((name) => name !== '')
    .slice(0, stepsMax);
/** Exclusions lie between steps: without an order there is no between. */
export const exclusionsOf = (search: FunnelSearch): string[] =>
  search.order === 'any' ? [] : readSteps(search.without).slice(0, exclusionsMax);
export const writeSteps = (steps: string[]): string | undefined =>
  steps.length > 0 ? steps.map(escape).join(',') : undefined;

export function funnelSearch(search: Record<string, unknown>): FunnelSearch {
  const { steps, order, without } = search;
  const window = Number(search['window']);
  return {
    ...insightSearch(search),
    ...optional('steps', typeof steps === 'string' ? writeSteps(readSteps(steps.slice(0, 3000))) : undefined),
    ...optional('order', order === 'strict' || order === 'any' ? (order as 'strict' | 'any') : undefined),
    ...optional('window', Object.hasOwn(windows, window) && window !== defaultWindow ? window : undefined),
    ...optional('without', typeof without === 'string' ? writeSteps(readSteps(without.slice(0, 3000))) : undefined),
    ...optional('per', search['per'] === 'session' ? ('session' as const) : undefined),
  };
}

/** What the address asks the server; null until there are two steps. */
export function funnelQuestion(search: FunnelSearch, range: DateRange): Question | null {
  const steps = readSteps(search.steps);
  if (steps.length < 2) return null;
  return {
    from: range.from,
    to: range.to,
    ...narrowing(search),
    top: 4,
    steps,
    order: search.order ?? 'ordered',
    ...(exclusionsOf(search).length > 0 ? { exclusions: exclusionsOf(search) } : {}),
    ...(search.per ? { per: search.per } : {}),
    window_seconds: (search.window ?? defaultWindow) * 3600,
  };
}
