import { parseRange, type RangeSearch } from '../state/range';
import { optional } from '../state/search';

export const sectionNames = {
  project: 'Project',
  keys: 'Keys',
  members: 'Members',
  tokens: 'Tokens',
  account: 'Your account',
  changes: 'Log of changes',
} as const;
export type Section = keyof typeof sectionNames;

export interface SettingsSearch extends RangeSearch {
  /** Which part, where it is not the project's; with a project key there is that one alone. */
  section?: Section;
}

const isSection = (value: unknown): value is Section => typeof value === 'string' && Object.hasOwn(sectionNames, value);

export const settingsSearch = (search: Record<string, unknown>): SettingsSearch => ({
  ...parseRange(search),
  ...optional('section', isSection(search['section']) && search['section'] !== 'project' ? search['section'] : undefined),
});
