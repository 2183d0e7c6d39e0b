import type { Answer, Question } from '../../api/questions';
import { ComparedCard } from '../../compared/compared_card';
import type { ComparedValue } from '../../compared/compared_rows';
import type { InsightView } from '../../insight/use_insight';
import type { LevelRow } from '../../progression/levels';

const valuesOf = ({ rows }: Answer<LevelRow>, query: Question): ComparedValue[] =>
  rows.map(({ level, dropped, drop_off }) => ({
    name: `Level ${level}`,
    kind: 'count',
    value: dropped,
    share: drop_off,
    drill: { kind: 'progression', query, cell: { level, value: 'dropped' } },
  }));

export const ComparedLevels = ({ view, question }: { view: InsightView; question: Question }) => (
  <ComparedCard view={view} about="Went no further" kind="progression" question={question} valuesOf={valuesOf} />
);
