import type { Answer, Question } from '../../api/questions';
import { ComparedCard } from '../../compared/compared_card';
import type { ComparedValue } from '../../compared/compared_rows';
import type { InsightView } from '../../insight/use_insight';

type FlowTotals = Answer<object> & { totals: { series: string; value: number | null }[] };

/** Won and spent of one currency, and by how many: the series A to D. */
function flowQuestion(asks: Question, currency: string): Question {
  const where = { field: 'property.currency', is: 'equals', value: currency };
  return {
    ...asks,
    series: ['economy_source', 'economy_sink'].flatMap((event) => [
      { event, where, measure: 'sum', field: 'property.amount' },
      { event, where, measure: 'players' },
    ]),
    interval: 'month',
  };
}

function valuesOf({ totals }: FlowTotals, query: Question): ComparedValue[] {
  const value = (series: string) => totals.find((total) => total.series === series)?.value ?? null;
  const count = (name: string, series: string) => ({ name, kind: 'count' as const, value: value(series) });
  const players = (name: string, series: string) => ({ ...count(name, series), drill: { kind: 'trend', query, cell: { series } } });
  const [won, spent] = [value('A') ?? 0, value('C') ?? 0];
  return [
    count('Won', 'A'),
    players('Players who won', 'B'),
    count('Spent', 'C'),
    players('Players who spent', 'D'),
    { name: 'Left over', kind: 'count', value: won - spent },
    { name: 'Spent per won', kind: 'share', value: won > 0 ? spent / won : null },
  ];
}

export const ComparedFlow = ({ view, currency }: { view: InsightView; currency: string }) => (
  <ComparedCard view={view} about={currency} kind="trend" question={flowQuestion(view.asks, currency)} valuesOf={valuesOf} />
);
