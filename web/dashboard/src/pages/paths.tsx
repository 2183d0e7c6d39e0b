import { queryOptions, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ApiClient } from '../api/client';
import { questionQuery, type Answer } from '../api/questions';
import type { Project, TopEventsAnswer } from '../api/types';
import { ChartCard } from '../charts/chart_card';
import { DataTable } from '../charts/data_table';
import { FlowChart } from '../charts/flow_chart';
import { together } from '../charts/loadable';
import { formatNumber } from '../format/numbers';
import { NumberButton } from '../insight/number_button';
import { useInsight } from '../insight/use_insight';
import { sourceName, targetName, type PathRow } from '../paths/flow_layout';
import { useApi } from '../session/session';
import { defaultDepth, depths, type PathsSearch } from '../state/insight_search';
import type { DateRange } from '../state/range';
import { NeedsEvents } from './needs_events';

const route = getRouteApi('/paths');
// More boxes in a column than this cannot be read; the others come together.
const eventsMax = 8;
const namesMax = 200;

const eventNamesQuery = (api: ApiClient, range: DateRange) =>
  queryOptions({
    queryKey: ['events', 'names', range],
    queryFn: ({ signal }) => api.get<TopEventsAnswer>('api/v1/events/top', { ...range, limit: namesMax }, signal),
    staleTime: 60_000,
  });

export function PathsPage() {
  return <NeedsEvents title="Paths">{(project) => <Paths project={project} />}</NeedsEvents>;
}

function Paths({ project }: { project: Project }) {
  const api = useApi();
  const search = route.useSearch();
  const { view, update, head, dialog } = useInsight<PathsSearch>(project, search);
  const names = useQuery(eventNamesQuery(api, view.range)).data?.rows.map((row) => row.event) ?? [];
  const unit = search.per ?? 'session';
  const question = {
    ...view.range,
    depth: search.depth ?? defaultDepth,
    per: unit,
    events_max: eventsMax,
    ...(search.begin === undefined ? {} : { begin: search.begin }),
    ...(search.end === undefined ? {} : { end: search.end }),
  };
  const data = together({ paths: useQuery(questionQuery<Answer<PathRow>>(api, 'paths', question)) });
  const show = (row: PathRow) => {
    const { units: _units, players: _players, ...cell } = row;
    view.show({ title: `${sourceName(row)} to ${targetName(row)}`, kind: 'paths', query: question, cell });
  };
  return (
    <>
      {head('Paths')}
      <section className="card controls" aria-label="Which paths">
        <EventPicker
          label="Begin with"
          none="any event"
          names={names}
          value={search.begin}
          onPick={(begin) => update({ begin })}
        />
        <EventPicker
          label="End with"
          none="anything"
          names={names}
          value={search.end}
          onPick={(end) => update({ end })}
        />
        <label className="picker">
          Steps
          <select
            className="field"
            value={search.depth ?? defaultDepth}
            onChange={(event) =>
              update({ depth: Number(event.target.value) === defaultDepth ? undefined : Number(event.target.value) })
            }
          >
            {depths.map((depth) => (
              <option key={depth}>{depth}</option>
            ))}
          </select>
        </label>
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
      </section>
      <div className="chart-grid">
        <ChartCard
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
          {...view.table('paths')}
        />
      </div>
      {dialog}
    </>
  );
}

interface PickerProps {
  label: string;
  none: string;
  names: string[];
  value: string | undefined;
  onPick: (event: string | undefined) => void;
}

function EventPicker({ label, none, names, value, onPick }: PickerProps) {
  // A link may name an event that this range does not have.
  const all = value === undefined || names.includes(value) ? names : [value, ...names];
  return (
    <label className="picker">
      {label}
      <select className="field" value={value ?? ''} onChange={(event) => onPick(event.target.value || undefined)}>
        <option value="">{none}</option>
        {all.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
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
