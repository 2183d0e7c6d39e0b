import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { metricQuery } from '../api/queries';
import { sqlRowsQuery } from '../api/sql';
import type { Project } from '../api/types';
import { together } from '../charts/loadable';
import { useInsight, type InsightView } from '../insight/use_insight';
import { countedDays, countedStatement, refusedDays, refusedStatement } from '../pipeline/days';
import { useApi } from '../session/session';
import { useToday } from '../shell/use_today';
import { NeedsEvents } from './needs_events';
import { DaysCard } from './pipeline/days_card';
import { DeadLettersCard } from './pipeline/dead_letters_card';
import { Stages } from './pipeline/stages';
import { RunningCard } from './pipeline/running_card';
import { StorageCard } from './pipeline/storage_card';
import './pipeline/pipeline.css';

const route = getRouteApi('/pipeline');

export function PipelinePage() {
  return <NeedsEvents title="Pipeline">{(project) => <Pipeline project={project} />}</NeedsEvents>;
}

function Pipeline({ project }: { project: Project }) {
  const { view, head, dialog } = useInsight(project, route.useSearch());
  return (
    <>
      {head('Pipeline')}
      <p className="page-note muted">
        The counters are the whole server&#39;s, of all its projects, since it was set up. The charts below are this project&#39;s.
      </p>
      <Stages timezone={project.timezone} />
      <div className="chart-grid">
        <Counted view={view} />
        <Refused view={view} />
        <RunningCard />
        <DeadLettersCard />
        <StorageCard />
      </div>
      {dialog}
    </>
  );
}

function Counted({ view }: { view: InsightView }) {
  const api = useApi();
  const { data, ...state } = together({
    rows: useQuery(sqlRowsQuery(api, countedStatement(view.range))),
    // What is final, and how much was late, is the API's word.
    metric: useQuery(metricQuery(api, 'events', view.range)),
  });
  const shown = data && {
    days: countedDays(data.rows, view.range),
    explanation: data.metric,
    provisional: data.metric.points.map((point) => point.provisional),
  };
  return (
    <DaysCard
      view={view}
      name="counted"
      title="Counted events"
      data={{ ...state, data: shown }}
      emptyText="No event happened in this range."
      series={[
        { name: 'on_time', label: 'On time', color: '--series-1', of: (day) => day.onTime },
        { name: 'late', label: 'More than an hour late', color: '--series-2', of: (day) => day.late },
      ]}
    />
  );
}

// Rows of a statement come without the explanation that every metric has.
const aboutRefused = {
  metric: 'refused',
  title: 'Refused events',
  definition: 'Events that were refused, by the day they arrived. They are kept with their reason and are in no number.',
  unit: 'events',
  timezone: 'UTC',
  window: 'calendar day',
  late_share: 0,
};

function Refused({ view }: { view: InsightView }) {
  const { data, ...state } = together({ rows: useQuery(sqlRowsQuery(useApi(), refusedStatement(view.range))) });
  const days = data && refusedDays(data.rows, view.range);
  const today = useToday(aboutRefused.timezone);
  const runs = (date: string) => date >= today;
  const shown = data &&
    days && {
      days,
      explanation: { ...aboutRefused, ...view.range, complete: !runs(view.range.to), as_of: data.rows.as_of },
      provisional: days.map(({ date }) => runs(date)),
    };
  return (
    <DaysCard
      view={view}
      name="refused"
      title="Refused events"
      data={{ ...state, data: shown }}
      emptyText="No event was refused in this range."
      series={[{ name: 'refused', label: 'Refused', color: '--series-4', of: (day) => day.refused }]}
    />
  );
}
