import { breakdownName, looksAtRange, type Question } from '../../api/questions';
import { ComparedCard } from '../../compared/compared_card';
import type { ComparedValue } from '../../compared/compared_rows';
import type { CardProps } from '../../insight/cards';
import type { MatrixColumn } from '../../metrics/retention_matrix';
import { readBreakdown } from '../../state/filters';
import { behindAverage, type RetentionAnswer } from './cohort_rows';
import { retentionPlan } from './retention_plan';
import type { RetentionSearch } from './retention_search';

/** The averages of the cohorts whose day has ended: those of two ranges can be compared at any time. */
const valuesOf =
  (columns: MatrixColumn[], fields: string[]) =>
  (answer: RetentionAnswer, query: Question): ComparedValue[] =>
    answer.average.flatMap((entry) => {
      const column = columns.find(({ day }) => day === entry.day);
      if (column === undefined || column.certain || entry.share === null) return [];
      const of = breakdownName(entry, fields);
      // Those behind an average are asked for by the days of its cohorts; a condition that looks at the range would then be another one.
      const behind = looksAtRange(query.filter) ? null : behindAverage(query, answer, fields, of, entry.day);
      return {
        name: [of, column.long].filter(Boolean).join(': '),
        kind: 'count' as const,
        value: entry.players,
        share: entry.share,
        drill: behind && { kind: 'retention', ...behind },
      };
    });

export function ComparedRetention({ view, search }: CardProps<RetentionSearch>) {
  const { question, columns } = retentionPlan(search, view.asks, view.today);
  return (
    <ComparedCard
      view={view}
      about="Average retention"
      kind="retention"
      question={question}
      valuesOf={valuesOf(columns, readBreakdown(search.breakdown))}
    />
  );
}
