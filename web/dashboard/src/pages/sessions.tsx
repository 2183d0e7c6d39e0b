import { getRouteApi } from '@tanstack/react-router';
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
import { metricQuestion } from '../metrics/metric_table';
import { lengthBins, sessionCountBins } from '../sessions/length_bins';
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
  const { view, update, head, compares, filters, dialog } = useInsight(project, search);
  return (
    <>
      {head('Sessions', compares)}
      {filters(0)}
      <section className="kpis" aria-label="Key figures">
        {figures.map((figure) => (
          <FigureCard key={figure.name} figure={figure} view={view} />
        ))}
      </section>
      <CardGrid cards={cards} view={view} search={search} update={update} />
      {dialog}
    </>
  );
}

interface DailyProps extends CardProps {
  name: string;
  title: string;
  kind: NumberKind;
}

function DailyChart({ name, title, kind, view }: DailyProps) {
  return (
    <MetricChart
      name={name}
      title={title}
      kind={kind}
      color="--series-1"
      emptyText="Sessions appear here as soon as players send events."
      view={view}
      asked={{ kind: 'metrics', question: metricQuestion(view.asks, name, view.compare) }}
      data={together({ table: useMetric(view.asks, name, view.compare) })}
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

const SessionsCard = (given: CardProps) => <DailyChart {...given} name="sessions" title="Sessions" kind="count" />;

const MedianCard = (given: CardProps) => (
  <DailyChart {...given} name="session_minutes_median" title="Median session, minutes" kind="minutes" />
);

const LengthsCard = ({ view }: CardProps) => (
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
);

const PerPlayerCard = ({ view }: CardProps) => (
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
);

export const cards: Cards = {
  sessions: SessionsCard,
  session_minutes_median: MedianCard,
  lengths: LengthsCard,
  'per-player': PerPlayerCard,
  hours: HoursCard,
};
