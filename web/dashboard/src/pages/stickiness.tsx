import { getRouteApi } from '@tanstack/react-router';
import type { Project } from '../api/types';
import { together } from '../charts/loadable';
import { longDate } from '../format/dates';
import { MetricChart } from '../insight/metric_chart';
import { useInsight, type InsightView } from '../insight/use_insight';
import { useMetric } from '../insight/use_metric';
import { metricQuestion } from '../metrics/metric_table';
import { useShortcuts } from '../shell/shortcuts';
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
  const { view, update, head, filters, dialog } = useInsight<StickinessSearch>(project, search);
  const compares = search.compare !== undefined;
  const toggleCompare = () => update({ compare: compares ? undefined : 'previous' });
  useShortcuts({ x: toggleCompare });
  return (
    <>
      {head(
        'Stickiness & lifecycle',
        <button type="button" className="button" aria-pressed={compares} onClick={toggleCompare} title="Shortcut: x">
          Compare
        </button>,
      )}
      {filters(0)}
      <DayFigures view={view} />
      <div className="chart-grid">
        <ActiveCard view={view} />
        <RatioCard view={view} compares={compares} />
        <DaysActiveCard view={view} />
        <LifecycleCard view={view} interval={search.by ?? 'day'} onInterval={(by) => update({ by })} />
      </div>
      {dialog}
    </>
  );
}

function RatioCard({ view, compares }: { view: InsightView; compares: boolean }) {
  const question = metricQuestion(view.asks, 'stickiness');
  return (
    <MetricChart
      name="ratio"
      title="DAU of MAU"
      kind="share"
      color="--series-4"
      emptyText="Nobody played in the 30 days before any day of this range."
      view={view}
      asked={{ kind: 'metrics', question }}
      data={together({ table: useMetric(view.asks, 'stickiness') })}
      compares={compares}
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
