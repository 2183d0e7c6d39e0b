import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ApiClient } from '../api/client';
import { metricQuery, retentionQuery } from '../api/queries';
import type { MetricName, Project } from '../api/types';
import { together } from '../charts/loadable';
import { dateIn, dateRange } from '../format/dates';
import { NotesButton } from '../marks/notes_button';
import { useApi } from '../session/session';
import { RangePicker } from '../shell/range_picker';
import { PageHead } from '../shell/page_head';
import { useShortcuts } from '../shell/shortcuts';
import { useToday } from '../shell/use_today';
import { previousRange, resolveRange, withRange, type DateRange } from '../state/range';
import { showsTable, toggleTable, type OverviewSearch } from '../state/search';
import { Kpis } from './overview/kpis';
import { PlayersChart } from './overview/players_chart';
import { RetentionCard } from './overview/retention_card';
import { SingleMetricChart } from './overview/single_metric_chart';
import { TopEventsCard } from './overview/top_events_card';
import { NeedsEvents } from './needs_events';

const route = getRouteApi('/');

export function OverviewPage() {
  return <NeedsEvents title="Overview">{(project) => <Overview project={project} />}</NeedsEvents>;
}

/** All the page's metrics for one range. Two equal requests are one: charts and cards share them. */
function useMetrics(api: ApiClient, range: DateRange) {
  const use = (name: MetricName) => useQuery(metricQuery(api, name, range));
  return {
    dau: use('dau'),
    new_players: use('new_players'),
    returning_players: use('returning_players'),
    sessions: use('sessions'),
    session_minutes: use('session_minutes'),
    revenue: use('revenue'),
    arpdau: use('arpdau'),
    payers: use('payers'),
  };
}
export type Metrics = ReturnType<typeof useMetrics>;

export interface ViewProps {
  project: Project;
  today: string;
  search: OverviewSearch;
  update: (change: Partial<Record<keyof OverviewSearch, string | undefined>>) => void;
}

export const tableView = (view: ViewProps, name: string) => ({
  showTable: showsTable(view.search.tables, name),
  onToggleTable: () => view.update({ tables: toggleTable(view.search.tables, name) }),
});

function Overview({ project }: { project: Project }) {
  const api = useApi();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const today = useToday(project.timezone);
  const range = resolveRange(search, today);
  const previous = previousRange(range);
  const metrics = useMetrics(api, range);
  const before = useMetrics(api, previous);
  const retention = useQuery(retentionQuery(api, range));
  const retentionBefore = useQuery(retentionQuery(api, previous));

  const update: ViewProps['update'] = (change) =>
    void navigate({ search: (old) => ({ ...old, ...change }) as OverviewSearch, replace: true, resetScroll: false });
  const toggleCompare = () => update({ compare: search.compare ? undefined : 'previous' });
  useShortcuts({ x: toggleCompare });

  const view: ViewProps = { project, today, search, update };
  return (
    <>
      <PageHead title="Overview" detail={`${dateRange(range.from, range.to)} · ${project.timezone}`}>
        <button
          type="button"
          className="button"
          aria-pressed={search.compare !== undefined}
          onClick={toggleCompare}
          title="Shortcut: x"
        >
          Compare
        </button>
        <NotesButton today={today} />
        <RangePicker
          range={range}
          today={today}
          onPick={(picked) =>
            void navigate({
              search: (old) => withRange(old, picked) as OverviewSearch,
              resetScroll: false,
            })
          }
        />
      </PageHead>
      <Kpis
        view={view}
        metrics={metrics}
        before={before}
        retention={retention}
        retentionBefore={retentionBefore}
        previous={previous}
        comparable={
          project.first_event_at !== null && dateIn(project.timezone, new Date(project.first_event_at)) <= previous.from
        }
      />
      <div className="chart-grid">
        <PlayersChart view={view} metrics={metrics} before={before} />
        <SingleMetricChart
          name="sessions"
          color="--series-1"
          kind="count"
          emptyText="Sessions appear here as soon as players send events."
          view={view}
          data={together({ current: metrics.sessions, previous: before.sessions })}
        />
        <SingleMetricChart
          name="revenue"
          color="--series-3"
          kind="money"
          emptyText="No purchases in this range. Send events with a revenue amount and currency to see them here."
          view={view}
          data={together({ current: metrics.revenue, previous: before.revenue })}
        />
        <RetentionCard view={view} data={together({ retention })} />
        <TopEventsCard view={view} range={range} />
      </div>
    </>
  );
}
