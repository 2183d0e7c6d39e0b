import { getRouteApi } from '@tanstack/react-router';
import type { Project } from '../api/types';
import { together } from '../charts/loadable';
import { longDate } from '../format/dates';
import type { NumberKind } from '../format/numbers';
import { FigureCard } from '../insight/figure_card';
import { MetricChart } from '../insight/metric_chart';
import { useInsight, type InsightView } from '../insight/use_insight';
import { useMetric } from '../insight/use_metric';
import { metricQuestion } from '../metrics/metric_table';
import { lengthBins, sessionCountBins } from '../sessions/length_bins';
import { useShortcuts } from '../shell/shortcuts';
import { NeedsEvents } from './needs_events';
import { BinsCard } from './sessions/bins_card';
import { HoursCard } from './sessions/hours_card';

const route = getRouteApi('/sessions');

export function SessionsPage() {
  return <NeedsEvents title="Sessions">{(project) => <Sessions project={project} />}</NeedsEvents>;
}

const figures: { name: string; label: string; kind: NumberKind }[] = [
  { name: 'sessions', label: 'Sessions', kind: 'count' },
  { name: 'session_minutes_median', label: 'Median minutes', kind: 'minutes' },
  { name: 'session_minutes', label: 'Mean minutes', kind: 'minutes' },
  { name: 'sessions_per_player', label: 'Sessions per player', kind: 'minutes' },
  { name: 'playtime_minutes', label: 'Minutes per player', kind: 'minutes' },
];

function Sessions({ project }: { project: Project }) {
  const search = route.useSearch();
  const { view, update, head, filters, dialog } = useInsight(project, search);
  const compares = search.compare !== undefined;
  const toggleCompare = () => update({ compare: compares ? undefined : 'previous' });
  useShortcuts({ x: toggleCompare });
  return (
    <>
      {head(
        'Sessions',
        <button type="button" className="button" aria-pressed={compares} onClick={toggleCompare} title="Shortcut: x">
          Compare
        </button>,
      )}
      {filters(0)}
      <section className="kpis" aria-label="Key figures">
        {figures.map((figure) => (
          <FigureCard key={figure.name} figure={figure} view={view} />
        ))}
      </section>
      <div className="chart-grid">
        <DailyChart name="sessions" title="Sessions" kind="count" view={view} compares={compares} />
        <DailyChart
          name="session_minutes_median"
          title="Median session, minutes"
          kind="minutes"
          view={view}
          compares={compares}
        />
        <BinsCard
          view={view}
          name="lengths"
          title="How long sessions are"
          bins={lengthBins}
          event="session_end"
          field="property.seconds"
          counted="events"
          emptyText="No session_end in this range. The game sends it with the seconds that were played."
          note="From the events session_end and their seconds; a session that the game did not end is in no column."
        />
        <BinsCard
          view={view}
          name="per-player"
          title="Sessions of a player so far"
          bins={sessionCountBins}
          field="player.sessions"
          counted="players"
          emptyText="Nobody played in this range."
          note="Players active in the range, by all the sessions that they have had since they began."
        />
        <HoursCard view={view} />
      </div>
      {dialog}
    </>
  );
}

interface DailyProps {
  name: string;
  title: string;
  kind: NumberKind;
  view: InsightView;
  compares: boolean;
}

function DailyChart({ name, title, kind, view, compares }: DailyProps) {
  return (
    <MetricChart
      name={name}
      title={title}
      kind={kind}
      color="--series-1"
      emptyText="Sessions appear here as soon as players send events."
      view={view}
      asked={{ kind: 'metrics', question: metricQuestion(view.asks, name) }}
      data={together({ table: useMetric(view.asks, name) })}
      compares={compares}
      onPick={(row) =>
        view.show({
          title: `Players with a session that started on ${longDate(row.date)}`,
          kind: 'metrics',
          query: { ...view.asks, metrics: ['sessions'] },
          cell: { metric: 'sessions', date: row.date },
        })
      }
    />
  );
}
