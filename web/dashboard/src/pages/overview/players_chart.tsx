import { BarChart } from '../../charts/bar_chart';
import { ChartCard } from '../../charts/chart_card';
import { DataTable } from '../../charts/data_table';
import { Legend } from '../../charts/legend';
import { together } from '../../charts/loadable';
import { longDate, shortDate } from '../../format/dates';
import { formatNumber } from '../../format/numbers';
import { tableView, type Metrics, type ViewProps } from '../overview';

interface Props {
  view: ViewProps;
  metrics: Pick<Metrics, 'dau' | 'new_players' | 'returning_players'>;
  before: Pick<Metrics, 'dau'>;
}

/** Every active player of a day is new or returning, so the two stacked are the day's active players. */
export function PlayersChart({ view, metrics, before }: Props) {
  const data = together({
    dau: metrics.dau,
    fresh: metrics.new_players,
    returning: metrics.returning_players,
    previous: before.dau,
  });
  const compares = view.search.compare !== undefined;
  return (
    <ChartCard
      name="players"
      title="Daily players"
      size="wide"
      data={data}
      explain={({ dau, fresh, returning }) => [dau, fresh, returning]}
      isEmpty={({ dau }) => dau.points.every((point) => !point.value)}
      emptyText="Nobody played in this range. Choose a longer one, or see on the Live page whether events arrive."
      legend={() => (
        <Legend
          entries={[
            { label: 'New', swatch: 'series-2' },
            { label: 'Returning', swatch: 'series-1' },
            ...(compares ? [{ label: 'Previous period, all', swatch: 'line' }] : []),
          ]}
        />
      )}
      chart={({ dau, fresh, returning, previous }) => (
        <BarChart
          label="Daily players, new and returning"
          height={232}
          positions={dau.points.map((point) => ({ short: shortDate(point.date), long: longDate(point.date), day: point.date }))}
          provisional={dau.points.map((point) => point.provisional)}
          series={[
            { label: 'Returning', color: '--series-1', values: returning.points.map((point) => point.value) },
            { label: 'New', color: '--series-2', values: fresh.points.map((point) => point.value) },
          ]}
          line={
            compares
              ? {
                  label: 'Previous period',
                  values: dau.points.map((_, index) => previous.points[index]?.value ?? null),
                }
              : null
          }
          totalLabel="Active"
          kind="count"
        />
      )}
      table={({ dau, fresh, returning, previous }) => (
        <DataTable
          caption="Daily players"
          columns={[
            { label: 'Date' },
            { label: 'Active', numeric: true },
            { label: 'New', numeric: true },
            { label: 'Returning', numeric: true },
            ...(compares ? [{ label: 'Active, previous period', numeric: true }] : []),
            { label: 'Final' },
          ]}
          rows={dau.points
            .map((point, index) => ({
              key: point.date,
              cells: [
                longDate(point.date),
                formatNumber(point.value, 'count'),
                formatNumber(fresh.points[index]?.value, 'count'),
                formatNumber(returning.points[index]?.value, 'count'),
                ...(compares ? [formatNumber(previous.points[index]?.value, 'count')] : []),
                point.provisional ? 'not yet' : 'yes',
              ],
            }))
            .toReversed()}
        />
      )}
      csv={({ dau, fresh, returning }) => ({
        header: ['date', 'dau', 'new_players', 'returning_players', 'provisional'],
        rows: dau.points.map((point, index) => [
          point.date,
          point.value,
          fresh.points[index]?.value ?? null,
          returning.points[index]?.value ?? null,
          point.provisional,
        ]),
      })}
      {...tableView(view, 'players')}
    />
  );
}
