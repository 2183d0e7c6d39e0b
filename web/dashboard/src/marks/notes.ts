import { isDate } from '../format/dates';
import type { Kept } from '../kept/kept';
import type { Mark } from './marks';

/** What somebody wrote down about a day, such as a sale or an outage. */
export interface Note {
  date: string;
  text: string;
}

export const noteLengthMax = 120;

export function readNote(given: unknown): Note | null {
  if (typeof given !== 'object' || given === null) return null;
  const { date, text } = given as Partial<Record<string, unknown>>;
  if (typeof date !== 'string' || !isDate(date) || typeof text !== 'string' || text.trim() === '') return null;
  return { date, text: text.trim().slice(0, noteLengthMax) };
}

export const marksOf = (notes: Kept<Note>[]): Mark[] => notes.map(({ body }) => ({ ...body, kind: 'note' }));
