import type { Question, Row } from '../api/questions';
import { addDays } from '../format/dates';

/** Something that happened on a day, which a chart over days shows on its time axis. */
export interface Mark {
  date: string;
  text: string;
  kind: 'release' | 'note';
}

/** A build that nobody played for so long before is new; one that is played now and then is not, each time. */
const quietDays = 14;
const buildsMax = 20;
/** A build that few play, of a developer or a tester, is no release. */
const leastShare = 0.01;

export const buildsQuestion = (from: string, to: string): Question => ({
  from: addDays(from, -quietDays),
  to,
  series: [{ measure: 'players' }],
  breakdown: ['build'],
  top: buildsMax,
  interval: 'day',
});

/** The days on which builds were first played, from the rows of that question. Builds that were there before `from` are none. */
export function releasesOf(rows: Row[], from: string): Mark[] {
  const builds = new Map<string, { first: string; players: number }>();
  for (const { build, other, date, value } of rows) {
    if (typeof build !== 'string' || build === '' || other === true || typeof value !== 'number' || value === 0) continue;
    const day = String(date);
    const known = builds.get(build);
    builds.set(build, {
      first: known && known.first < day ? known.first : day,
      players: Math.max(known?.players ?? 0, value),
    });
  }
  const most = Math.max(0, ...[...builds.values()].map(({ players }) => players));
  return [...builds]
    .filter(([, { first, players }]) => first >= from && players >= most * leastShare)
    .map(([build, { first }]): Mark => ({ date: first, text: `Build ${build}`, kind: 'release' }))
    .toSorted(byDate);
}

export const byDate = (a: Mark, b: Mark): number => (a.date < b.date ? -1 : a.date > b.date ? 1 : a.text.localeCompare(b.text));

/** By the place of their day on the axis; what lies on no day of the chart is left out. */
export function marksByIndex(marks: Mark[], days: (string | undefined)[]): Map<number, Mark[]> {
  const places = new Map(days.map((day, index) => [day, index]));
  const found = new Map<number, Mark[]>();
  for (const mark of marks) {
    const index = places.get(mark.date);
    if (index !== undefined) found.set(index, [...(found.get(index) ?? []), mark]);
  }
  return found;
}
