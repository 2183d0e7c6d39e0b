import { breakdownName, cellOf, numberOf, type Answer, type Question } from '../../api/questions';
import { ComparedCard } from '../../compared/compared_card';
import type { ComparedValue } from '../../compared/compared_rows';
import type { InsightView } from '../../insight/use_insight';

const valuesOf = (answer: Answer, query: Question): ComparedValue[] =>
  answer.rows.map((row) => ({
    name: [...(query.breakdown ? [breakdownName(row, query.breakdown)] : []), `${row['step']}. ${row['event']}`].join(': '),
    kind: 'count',
    value: numberOf(row, 'players'),
    share: numberOf(row, 'share'),
    // Which values are the frequent ones differs from range to range.
    drill: row['other'] === true ? null : { kind: 'funnel', query, cell: cellOf(answer, row) },
  }));

export const ComparedSteps = ({ view, question }: { view: InsightView; question: Question }) => (
  <ComparedCard view={view} about="Players at each step" kind="funnel" question={question} valuesOf={valuesOf} />
);
