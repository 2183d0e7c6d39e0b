import type { Answer, Question } from '../../api/questions';
import { ComparedCard } from '../../compared/compared_card';
import type { ComparedValue } from '../../compared/compared_rows';
import type { InsightView } from '../../insight/use_insight';
import { pathCell, sourceName, targetName, type PathRow } from '../../paths/flow_layout';

/** Which events are "other" differs from range to range: their ribbons have nothing to stand beside. */
const valuesOf = ({ rows }: Answer<PathRow>, query: Question): ComparedValue[] =>
  rows
    .filter((row) => !row.source_other && !row.target_other)
    .map((row) => ({
      name: `${row.step}. ${sourceName(row)} → ${targetName(row)}`,
      kind: 'count',
      value: row.players,
      drill: { kind: 'paths', query, cell: pathCell(row) },
    }));

export const ComparedPaths = ({ view, question }: { view: InsightView; question: Question }) => (
  <ComparedCard view={view} about="Players on each way" kind="paths" question={question} valuesOf={valuesOf} />
);
