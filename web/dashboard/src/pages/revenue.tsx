import { getRouteApi } from '@tanstack/react-router';
import type { Question } from '../api/questions';
import type { Project } from '../api/types';
import { together } from '../charts/loadable';
import { longDate } from '../format/dates';
import type { NumberKind } from '../format/numbers';
import { CardGrid } from '../insight/card_grid';
import type { CardProps, Cards } from '../insight/cards';
import { FigureCard } from '../insight/figure_card';
import { MetricChart } from '../insight/metric_chart';
import { useInsight } from '../insight/use_insight';
import { useMetric } from '../insight/use_metric';
import { CurrencyNote } from '../money/currency_note';
import { metricQuestion, type MetricRow } from '../metrics/metric_table';
import { NeedsEvents } from './needs_events';
import { FirstPurchaseCard } from './revenue/first_purchase_card';
import { LtvCard } from './revenue/ltv_card';
import { ProductsCard } from './revenue/products_card';
import { SpendersCard } from './revenue/spenders_card';

const route = getRouteApi('/revenue');

export function RevenuePage() {
  return <NeedsEvents title="Revenue & LTV">{(project) => <Revenue project={project} />}</NeedsEvents>;
}

interface Figure {
  name: string;
  label: string;
  kind: NumberKind;
  color: string;
  emptyText: string;
}

const noPurchases = 'No purchases in this range. Send events with a revenue amount and currency to see them here.';
const figures: Figure[] = [
  { name: 'revenue', label: 'Revenue', kind: 'money', color: '--series-3', emptyText: noPurchases },
  { name: 'arpdau', label: 'ARPDAU', kind: 'money', color: '--series-1', emptyText: noPurchases },
  { name: 'arppu', label: 'ARPPU', kind: 'money', color: '--series-1', emptyText: noPurchases },
  { name: 'conversion', label: 'Payer conversion', kind: 'share', color: '--series-2', emptyText: noPurchases },
  { name: 'payers', label: 'Payers', kind: 'count', color: '--series-2', emptyText: noPurchases },
];

function Revenue({ project }: { project: Project }) {
  const search = route.useSearch();
  const { view, update, head, compares, filters, dialog } = useInsight(project, search);
  const revenue = useMetric(view.asks, 'revenue');
  const showPayers = () => view.show({ ...payersOf(view.asks, 'payers'), title: 'Players who paid in this range' });

  return (
    <>
      {head('Revenue & LTV', compares)}
      <CurrencyNote currency={project.currency} unconverted={revenue.data?.unconverted} />
      {filters(0)}
      <section className="kpis" aria-label="Key figures">
        {figures.map((figure) => (
          <FigureCard key={figure.name} figure={figure} view={view} {...(figure.name === 'payers' ? { onPick: showPayers } : {})} />
        ))}
      </section>
      <CardGrid cards={cards} view={view} search={search} update={update} />
      {dialog}
    </>
  );
}

const payersOf = (asks: Question, metric: string, cell: Record<string, string> = {}) => ({
  kind: 'metrics',
  query: { ...asks, metrics: [metric] },
  cell: { metric, ...cell },
});

function FigureChart({ figure, view }: CardProps & { figure: Figure }) {
  const result = useMetric(view.asks, figure.name, view.compare);
  // What a ratio's day leads to are those above the line: the ones who paid.
  const onPick = (row: MetricRow) =>
    view.show({
      ...payersOf(view.asks, 'payers', { date: row.date }),
      title: `Players who paid on ${longDate(row.date)}`,
    });
  return (
    <MetricChart
      name={figure.name}
      title={figure.name === 'revenue' ? `Revenue, ${view.project.currency}` : figure.label}
      kind={figure.kind}
      color={figure.color}
      emptyText={figure.emptyText}
      view={view}
      asked={{ kind: 'metrics', question: metricQuestion(view.asks, figure.name, view.compare) }}
      data={together({ table: result })}
      onPick={onPick}
      size={figure.name === 'revenue' ? 'wide' : 'half'}
    />
  );
}

const chartOf = (figure: Figure) => {
  const Chart = (given: CardProps) => <FigureChart {...given} figure={figure} />;
  return [figure.name, Chart] as const;
};

export const cards: Cards = {
  ...Object.fromEntries(figures.map(chartOf)),
  ltv: LtvCard,
  spenders: SpendersCard,
  'first-purchase': FirstPurchaseCard,
  products: ProductsCard,
};
