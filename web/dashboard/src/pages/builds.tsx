import { getRouteApi } from '@tanstack/react-router';
import type { Project } from '../api/types';
import { fields } from '../builds/health';
import { together } from '../charts/loadable';
import { longDate } from '../format/dates';
import type { NumberKind } from '../format/numbers';
import { Choice } from '../insight/choice';
import { CardGrid } from '../insight/card_grid';
import type { CardProps, Cards } from '../insight/cards';
import { FigureCard } from '../insight/figure_card';
import { MetricChart } from '../insight/metric_chart';
import { useInsight } from '../insight/use_insight';
import { useMetric } from '../insight/use_metric';
import { metricQuestion, type MetricRow } from '../metrics/metric_table';
import { AdoptionCard } from './builds/adoption_card';
import type { BuildsSearch } from './builds/builds_search';
import { HealthCard } from './builds/health_card';
import { NeedsEvents } from './needs_events';

const route = getRouteApi('/builds');

export function BuildsPage() {
  return <NeedsEvents title="Builds & health">{(project) => <Builds project={project} />}</NeedsEvents>;
}

interface Figure {
  name: string;
  label: string;
  kind: NumberKind;
  color: string;
  /** The event whose players a day leads to; they are those whom it happened to. */
  event: 'crash' | 'error';
}

const figures: Figure[] = [
  { name: 'crash_free_players', label: 'Crash-free players', kind: 'share', color: '--series-3', event: 'crash' },
  { name: 'crash_free_sessions', label: 'Crash-free sessions', kind: 'share', color: '--series-3', event: 'crash' },
  { name: 'crashes', label: 'Crashes', kind: 'count', color: '--series-4', event: 'crash' },
  { name: 'errors', label: 'Errors', kind: 'count', color: '--series-2', event: 'error' },
];

function Builds({ project }: { project: Project }) {
  const search = route.useSearch();
  const { view, update, head, compares, filters, dialog } = useInsight<BuildsSearch>(project, search);
  const field = search.by ?? 'build';
  return (
    <>
      {head('Builds & health', compares)}
      <div className="builder" role="group" aria-label="What is compared">
        <Choice
          label="Compare by"
          value={field}
          choices={Object.entries(fields)}
          onChange={(name) => update({ by: name === 'build' ? undefined : name })}
        />
      </div>
      {filters(0)}
      <section className="kpis is-four" aria-label="Key figures">
        {figures.map((figure) => (
          <FigureCard key={figure.name} figure={figure} view={view} />
        ))}
      </section>
      <CardGrid cards={cards} view={view} search={search} update={update} />
      {dialog}
    </>
  );
}

const happened: Record<HealthEvent, string> = { crash: 'whose game crashed', error: 'with an error' };
type HealthEvent = Figure['event'];

function FigureChart({ figure, view }: CardProps<BuildsSearch> & { figure: Figure }) {
  const { event } = figure;
  const onPick = (row: MetricRow) =>
    view.show({
      title: `Players ${happened[event]} on ${longDate(row.date)}`,
      kind: 'trend',
      query: { ...view.asks, series: [{ event, measure: 'players' }], interval: 'day' },
      cell: { series: 'A', date: row.date },
    });
  return (
    <MetricChart
      name={figure.name}
      title={figure.label}
      kind={figure.kind}
      color={figure.color}
      emptyText={`Nothing of this in the range. The game sends an event named ${event} when one happens.`}
      view={view}
      asked={{ kind: 'metrics', question: metricQuestion(view.asks, figure.name, view.compare) }}
      data={together({ table: useMetric(view.asks, figure.name, view.compare) })}
      onPick={onPick}
    />
  );
}

const chartOf = (figure: Figure) => {
  const Chart = (given: CardProps<BuildsSearch>) => <FigureChart {...given} figure={figure} />;
  return [figure.name, Chart] as const;
};

const Adoption = ({ view, search }: CardProps<BuildsSearch>) => <AdoptionCard view={view} field={search.by ?? 'build'} />;
const Health = ({ view, search }: CardProps<BuildsSearch>) => <HealthCard view={view} field={search.by ?? 'build'} />;

export const cards: Cards<BuildsSearch> = {
  adoption: Adoption,
  health: Health,
  ...Object.fromEntries(figures.map(chartOf)),
};
