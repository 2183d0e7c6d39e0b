import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { questionQuery, type Answer, type Row } from '../api/questions';
import { keptQuery, readAll } from '../kept/kept';
import { useApi } from '../session/session';
import { buildsQuestion, byDate, marksByIndex, releasesOf, type Mark } from './marks';
import { marksOf, readNote } from './notes';
import { useMarksShown } from './marks_shown';

const noDay = '2000-01-01';
const none = new Map<number, Mark[]>();

/** What happened on the days of a chart, by their places on its axis. Charts over the same days share one request. */
export function useMarks(days: (string | undefined)[]): Map<number, Mark[]> {
  const shown = useMarksShown();
  const [from, to] = [days[0], days.at(-1)];
  const known = from !== undefined && to !== undefined;
  // Not asked where the chart is not over days.
  const question = buildsQuestion(from ?? noDay, to ?? noDay);
  const answer = useQuery({ ...questionQuery<Answer>(useApi(), 'trend', question), enabled: shown && known });
  // The answer for other days would take builds for new that only it did not look far enough back for.
  const builds: Row[] | undefined = answer.isPlaceholderData ? undefined : answer.data?.rows;
  const kept = useQuery({ ...keptQuery(useApi(), 'note'), enabled: shown && known }).data;
  const joined = days.join();
  return useMemo(() => {
    if (!shown || !known) return none;
    const marks = [...(builds ? releasesOf(builds, from) : []), ...marksOf(readAll(kept, readNote))];
    return marksByIndex(marks.toSorted(byDate), joined.split(','));
  }, [shown, known, builds, kept, from, joined]);
}
