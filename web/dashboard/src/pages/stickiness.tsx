import { getRouteApi } from '@tanstack/react-router';
import type { Project } from '../api/types';
import { together } from '../charts/loadable';
import { longDate } from '../format/dates';
import { CardGrid } from '../insight/card_grid';
import type { CardProps, Cards } from '../insight/cards';
import { MetricChart } from '../insight/metric_chart';
import { useInsight } from '../insight/use_insight';
import { useMetric } from '../insight/use_metric';
import { metricQuestion } from '../metrics/metric_table';
import { NeedsEvents } from './needs_events';
import { ActiveCard } from './stickiness/active_card';
import { DayFigures } from './stickiness/day_figures';
import { DaysActiveCard } from './stickiness/days_active_card';
import { LifecycleCard } from './stickiness/lifecycle_card';
import type { StickinessSearch } from './stickiness/stickiness_search';

const route = getRouteApi('/stickiness');

export function StickinessPage() {
  return <NeedsEvents title="Stickiness & lifecycle">{(project) => <Stickiness project={project} />}</NeedsEvents>;
}

function Stickiness({ project }: { project: Project }) {
  const search = route.useSearch();
  const { view, update, head, compares, filters, dialog } = useInsight<StickinessSearch>(project, search);
  return (
    <>
      {head('Stickiness & lifecycle', compares)}
      {filters(0)}
      <DayFigures view={view} />
      <CardGrid cards={cards} view={view} search={search} update={update} />
      {dialog}
    </>
  );
}

function RatioCard({ view }: CardProps<StickinessSearch>) {
  const question = metricQuestion(view.asks, 'stickiness', view.compare);
  return (
    <MetricChart
      name="ratio"
      title="DAU of MAU"
      kind="share"
      color="--series-4"
      emptyText="Nobody played in the 30 days before any day of this range."
      view={view}
      asked={{ kind: 'metrics', question }}
      data={together({ table: useMetric(view.asks, 'stickiness', view.compare) })}
      // Those above the line: whoever played on the day.
      onPick={(row) =>
        view.show({
          title: `Players of ${longDate(row.date)}`,
          kind: 'metrics',
          query: { ...view.asks, metrics: ['dau'] },
          cell: { metric: 'dau', date: row.date },
        })
      }
    />
  );
}

const CycleCard = ({ view, search, update }: CardProps<StickinessSearch>) => (
  <LifecycleCard view={view} interval={search.by ?? 'day'} onInterval={(by) => update({ by })} />
);

export const cards: Cards<StickinessSearch> = {
  active: ActiveCard,
  ratio: RatioCard,
  'days-active': DaysActiveCard,
  lifecycle: CycleCard,
};
