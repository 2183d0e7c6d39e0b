import type { NumberKind } from '../format/numbers';

/** What a country can be measured by: each is a series of one question, so that all of them are one request. */
export const measures = [
  { name: 'players', label: 'Players', kind: 'count' },
  { name: 'sessions', label: 'Sessions', kind: 'count' },
  { name: 'revenue', label: 'Revenue', kind: 'money' },
  { name: 'payers', label: 'Payers', kind: 'count' },
] as const satisfies { name: string; label: string; kind: NumberKind }[];
export type Measure = (typeof measures)[number]['name'];
/** A number of players leads to these; a country's money leads to its payers, its sessions to its players. */
export const leadsTo = (measure: Measure): Measure =>
  measure === 'revenue' ? 'payers' : measure === 'sessions' ? 'players' : measure;

export const isMeasure = (name: unknown): name is Measure => measures.some((measure) => measure.name === name);
