import { useQuery } from '@tanstack/react-query';
import { catalogueQuery } from '../../api/queries';
import { cellOf, numberOf, questionQuery, type Row } from '../../api/questions';
import type { Project } from '../../api/types';
import { BarChart } from '../../charts/bar_chart';
import { ChartCard } from '../../charts/chart_card';
import { DataTable } from '../../charts/data_table';
import { Legend } from '../../charts/legend';
import { together } from '../../charts/loadable';
import { clockMinute, longDate, shortDate } from '../../format/dates';
import { formatNumber } from '../../format/numbers';
import { useInsightPanels, type Asked } from '../../insight/insight_page';
import { NumberButton } from '../../insight/number_button';
import { savePicture } from '../../insight/save_picture';
import { useApi } from '../../session/session';
import { readBreakdown } from '../../state/filters';
import { measures, numberKind, views, type ExploreSearch } from './explore_search';
import { exploreCsv, exploreTable, type ExploreAnswer, type ExploreTable } from './explore_table';

interface Props {
  project: Project;
  search: ExploreSearch;
  update: (change: { view?: ExploreSearch['view'] | undefined }) => void;
  asked: Asked;
}

const isHour = (position: string) => position.length > 10;

/** Everything the four views of one answer share. */
function useView({ project, search, asked }: Props) {
  const metric = useQuery(catalogueQuery(useApi())).data?.metrics.find(({ name }) => name === search.metric);
  const breakdown = readBreakdown(search.breakdown);
  const label = search.metric
    ? (metric?.title ?? search.metric)
    : `${measures[search.measure ?? 'events']}: ${search.event ?? 'any event'}`;
  const kind = numberKind(search, metric?.unit ?? '', project.currency);
  const long = (position: string) =>
    isHour(position)
      ? `${longDate(position.slice(0, 10))}, ${clockMinute(position, project.timezone)}`
      : longDate(position);
  return {
    ...useInsightPanels(asked, project),
    label,
    kind,
    // A ratio has no players of its own; a count of anything has.
    hasPlayers: search.metric === undefined || metric?.unit === 'players',
    compares: search.compare !== undefined,
    byDay: search.interval === undefined,
    tableOf: (answer: ExploreAnswer) => exploreTable(answer, breakdown, label),
    long,
    short: (position: string) => (isHour(position) ? clockMinute(position, project.timezone) : shortDate(position)),
    show: (value: number | null) => formatNumber(value, kind, project.currency),
    currency: project.currency,
  };
}
type View = ReturnType<typeof useView>;

export function ExploreCard(props: Props) {
  const { search, update, asked } = props;
  const view = useView(props);
  const shown = search.view ?? 'line';
  const data = together({
    answer: useQuery(questionQuery<ExploreAnswer>(useApi(), asked.kind, asked.question)),
  });
  return (
    <div className="insight-card">
      <ChartCard
        name="explore"
        title={view.label}
        size="wide"
        data={data}
        explain={({ answer }) => [answer]}
        isEmpty={({ answer }) => answer.rows.every((row) => !row['value'])}
        emptyText="Nothing of this happened in the range. Choose a longer range, another event, or fewer filters."
        tools={
          <>
            <fieldset className="segmented small" aria-label="View">
              {views.map((name) => (
                <button
                  key={name}
                  type="button"
                  aria-pressed={shown === name}
                  onClick={() => update({ view: name === 'line' ? undefined : name })}
                >
                  {name}
                </button>
              ))}
            </fieldset>
            <button type="button" className="button quiet" onClick={view.showQuery}>
              View query
            </button>
            {(shown === 'line' || shown === 'bar') && (
              <button type="button" className="button quiet" onClick={(event) => savePicture(event.currentTarget)}>
                PNG
              </button>
            )}
          </>
        }
        legend={({ answer }) => <SeriesLegend table={view.tableOf(answer)} compares={view.compares} />}
        chart={({ answer }) =>
          shown === 'number' ? (
            <BigNumbers answer={answer} view={view} search={search} />
          ) : (
            <Chart answer={answer} view={view} shape={shown === 'bar' ? 'bars' : 'lines'} />
          )
        }
        table={({ answer }) => <Table answer={answer} view={view} />}
        csv={({ answer }) => exploreCsv(view.tableOf(answer), view.compares)}
        showTable={shown === 'table'}
        onToggleTable={() => update({ view: shown === 'table' ? undefined : 'table' })}
      />
      {view.panels}
    </div>
  );
}

function SeriesLegend({ table, compares }: { table: ExploreTable; compares: boolean }) {
  const names = table.series.map(({ name }, index) => ({ label: name, swatch: `series-${index + 1}` }));
  const previous = compares && names.length === 1 ? [{ label: 'Compared with', swatch: 'line' }] : [];
  return names.length + previous.length > 1 ? <Legend entries={[...names, ...previous]} /> : null;
}

interface ViewOf {
  answer: ExploreAnswer;
  view: View;
}

function Chart({ answer, view, shape }: ViewOf & { shape: 'bars' | 'lines' }) {
  const table = view.tableOf(answer);
  const only = table.series.length === 1 ? table.series[0] : undefined;
  const pick = (index: number, part: number) => {
    const { name, rows } = table.series[part] ?? { name: '', rows: [] };
    const row = rows[index];
    const about = [...(only ? [] : [name]), view.long(table.positions[index] ?? '')].join(', ');
    if (row) view.showPlayers({ about, cell: cellOf(answer, row) });
  };
  return (
    <BarChart
      label={view.label}
      shape={shape}
      positions={table.positions.map((position) => ({
        short: view.short(position),
        long: view.long(position),
        ...(view.byDay ? { day: position } : {}),
      }))}
      provisional={table.provisional}
      series={table.series.map(({ name, rows }, index) => ({
        label: name,
        color: `--series-${index + 1}`,
        values: rows.map((row) => numberOf(row)),
      }))}
      line={
        view.compares && only
          ? { label: 'Compared with', values: only.rows.map((row) => numberOf(row, 'previous')) }
          : null
      }
      kind={view.kind}
      currency={view.currency}
      height={320}
      {...(view.hasPlayers ? { onPick: pick } : {})}
    />
  );
}

/** A number and, where it has any, its players. */
function Value({ answer, view, row, about }: ViewOf & { row: Row | null; about: string }) {
  const shown = view.show(numberOf(row));
  if (row === null || !view.hasPlayers || !row['value']) return shown;
  return (
    <NumberButton about={about} onPick={() => view.showPlayers({ about, cell: cellOf(answer, row) })}>
      {shown}
    </NumberButton>
  );
}

function Table({ answer, view }: ViewOf) {
  const table = view.tableOf(answer);
  return (
    <DataTable
      caption={view.label}
      columns={[
        { label: 'Date' },
        ...table.series.flatMap(({ name }) => [
          { label: name, numeric: true },
          ...(view.compares ? [{ label: `${name}, compared`, numeric: true }] : []),
        ]),
        { label: 'Final' },
      ]}
      rows={table.positions
        .map((position, index) => ({
          key: position,
          cells: [
            view.long(position),
            ...table.series.flatMap(({ name, rows }) => [
              <Value
                key={name}
                answer={answer}
                view={view}
                row={rows[index] ?? null}
                about={table.series.length > 1 ? `${name}, ${view.long(position)}` : view.long(position)}
              />,
              ...(view.compares ? [view.show(numberOf(rows[index], 'previous'))] : []),
            ]),
            table.provisional[index] ? 'not yet' : 'yes',
          ],
        }))
        .toReversed()}
    />
  );
}

/** The whole range as one number per series: not the sum of the days where players are counted. */
function BigNumbers({ answer, view, search }: ViewOf & { search: ExploreSearch }) {
  const breakdown = readBreakdown(search.breakdown);
  const columns = answer.columns.filter(({ name }) => name !== 'date' && name !== 'time');
  const totals = exploreTable(
    { ...answer, rows: answer.totals.map((row) => ({ ...row, date: answer.to })) },
    breakdown,
    view.label,
  );
  return (
    <dl className="big-numbers">
      {totals.series.map(({ name, rows }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Value answer={{ ...answer, columns }} view={view} row={rows[0] ?? null} about={name} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
