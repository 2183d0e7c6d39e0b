import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { eventNamesQuery } from '../api/queries';
import { questionQuery, type Answer, type Question } from '../api/questions';
import type { Project } from '../api/types';
import { DataTable } from '../charts/data_table';
import { FlowChart } from '../charts/flow_chart';
import { together } from '../charts/loadable';
import { formatNumber } from '../format/numbers';
import { CardGrid } from '../insight/card_grid';
import type { CardProps, Cards } from '../insight/cards';
import { Choice } from '../insight/choice';
import { EventChoice } from '../insight/event_choice';
import { InsightCard } from '../insight/insight_card';
import { NumberButton } from '../insight/number_button';
import { useInsight, type InsightView } from '../insight/use_insight';
import { pathCell, sourceName, targetName, type PathRow } from '../paths/flow_layout';
import { useApi } from '../session/session';
import { defaultDepth, depths, type PathsSearch } from '../state/insight_search';
import { NeedsEvents } from './needs_events';
import { ComparedPaths } from './paths/compared_paths';

const route = getRouteApi('/paths');
// More boxes in a column than this cannot be read; the others come together.
const eventsMax = 8;

export function PathsPage() {
  return <NeedsEvents title="Paths">{(project) => <Paths project={project} />}</NeedsEvents>;
}

function Paths({ project }: { project: Project }) {
  const api = useApi();
  const search = route.useSearch();
  const { view, update, head, compares, filters, dialog } = useInsight<PathsSearch>(project, search);
  const names = useQuery(eventNamesQuery(api, view.range)).data ?? [];
  const unit = search.per ?? 'session';
  return (
    <>
      {head('Paths', compares)}
      <div className="builder" role="group" aria-label="Which paths">
        <EventChoice
          label="Begin with"
          none="Any event"
          names={names}
          value={search.begin}
          onPick={(begin) => update({ begin })}
        />
        <EventChoice
          label="End with"
          none="Anything"
          names={names}
          value={search.end}
          onPick={(end) => update({ end })}
        />
        <Choice
          label="Steps"
          value={String(search.depth ?? defaultDepth)}
          choices={depths.map((depth) => [String(depth), String(depth)])}
          onChange={(depth) => update({ depth: Number(depth) === defaultDepth ? undefined : Number(depth) })}
        />
        <fieldset className="segmented" aria-label="What is counted">
          {(['session', 'player'] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={unit === one}
              onClick={() => update({ per: one === 'player' ? one : undefined })}
            >
              {one === 'session' ? 'Sessions' : 'Players'}
            </button>
          ))}
        </fieldset>
      </div>
      {filters(0)}
      <CardGrid cards={cards} view={view} search={search} update={update} />
      {dialog}
    </>
  );
}

const pathsQuestion = (view: InsightView, search: PathsSearch): Question => ({
  ...view.asks,
  depth: search.depth ?? defaultDepth,
  per: search.per ?? 'session',
  events_max: eventsMax,
  ...(search.begin === undefined ? {} : { begin: search.begin }),
  ...(search.end === undefined ? {} : { end: search.end }),
});

const ComparedCard = ({ view, search }: CardProps<PathsSearch>) => (
  <ComparedPaths view={view} question={pathsQuestion(view, search)} />
);

function PathsCard({ view, search }: CardProps<PathsSearch>) {
  const unit = search.per ?? 'session';
  const question = pathsQuestion(view, search);
  const data = together({ paths: useQuery(questionQuery<Answer<PathRow>>(useApi(), 'paths', question)) });
  const show = (row: PathRow) =>
    view.show({
      title: `${sourceName(row)} to ${targetName(row)}`,
      kind: 'paths',
      query: question,
      cell: pathCell(row),
    });
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'paths', question }}
      name="paths"
      title="What comes after what"
      size="wide"
      data={data}
      explain={({ paths }) => [paths]}
      isEmpty={({ paths }) => paths.rows.length === 0}
      emptyText="No paths in this range. Choose other events to begin or end with, or a longer range."
      chart={({ paths }) => <FlowChart rows={paths.rows} unit={unit} onPick={show} />}
      table={({ paths }) => <PathTable rows={paths.rows} unit={unit} show={show} />}
      csv={({ paths }) => ({
        header: ['step', 'source', 'source_other', 'target', 'target_other', 'units', 'players'],
        rows: paths.rows.map((row) => [
          row.step,
          row.source,
          row.source_other,
          row.target,
          row.target_other,
          row.units,
          row.players,
        ]),
      })}
    />
  );
}

function PathTable({ rows, unit, show }: { rows: PathRow[]; unit: string; show: (row: PathRow) => void }) {
  const players = (row: PathRow) => (
    <NumberButton about={`${sourceName(row)} to ${targetName(row)}`} onPick={() => show(row)}>
      {formatNumber(row.players, 'count')}
    </NumberButton>
  );
  return (
    <DataTable
      caption="Paths"
      columns={[
        { label: 'Step', numeric: true },
        { label: 'From' },
        { label: 'To' },
        { label: unit === 'session' ? 'Sessions' : 'Paths', numeric: true },
        { label: 'Players', numeric: true },
      ]}
      rows={rows.map((row) => ({
        key: JSON.stringify([row.step, row.source, row.source_other, row.target, row.target_other]),
        cells: [row.step, sourceName(row), targetName(row), formatNumber(row.units, 'count'), players(row)],
      }))}
    />
  );
}

export const cards: Cards<PathsSearch> = { paths: PathsCard, compared: ComparedCard };
