import { breakdownName, cellOf, type Answer, type Question } from '../../api/questions';
import { ComparedCard } from '../../compared/compared_card';
import type { ComparedValue } from '../../compared/compared_rows';
import type { InsightView } from '../../insight/use_insight';

type SizeAnswer = Answer<{ players: number }>;

const fields = ['player.platform'];

function valuesOf(answer: SizeAnswer, asked: Question): ComparedValue[] {
  const { breakdown: _breakdown, ...whole } = asked;
  const all = answer.rows.reduce((sum, row) => sum + row.players, 0);
  return [
    { name: 'Players of the segment', kind: 'count', value: all, drill: { kind: 'segment', query: whole, cell: {} } },
    ...answer.rows.map((row) => ({
      name: breakdownName(row, fields),
      kind: 'count' as const,
      value: row.players,
      drill: { kind: 'segment', query: asked, cell: cellOf(answer, row) },
    })),
  ];
}

/** By platform as well: each player is counted in one row, so that the rows add up to the segment. */
export const ComparedSegment = ({ view }: { view: InsightView }) => (
  <ComparedCard
    view={view}
    about="The segment"
    kind="segment"
    question={{ ...view.asks, breakdown: fields, top: 10 }}
    valuesOf={valuesOf}
  />
);
