import { readFilters, writeFilters } from '../../state/filters';

/** A segment that was given a name: the conditions as the address has them. */
export interface SavedSegment {
  name: string;
  filters: string;
}

export const nameLengthMax = 60;

export function readSegment(given: unknown): SavedSegment | null {
  if (typeof given !== 'object' || given === null) return null;
  const { name, filters } = given as Partial<Record<string, unknown>>;
  if (typeof name !== 'string' || name.trim() === '' || typeof filters !== 'string') return null;
  // As the page would write it: what it does not understand is none of the segment.
  const known = writeFilters(readFilters(filters));
  return known === undefined ? null : { name: name.trim().slice(0, nameLengthMax), filters: known };
}
