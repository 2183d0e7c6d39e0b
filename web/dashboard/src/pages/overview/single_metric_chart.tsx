import type { MetricAnswer } from '../../api/types';
import { BarChart } from '../../charts/bar_chart';
import { ChartCard } from '../../charts/chart_card';
import { DataTable } from '../../charts/data_table';
import { Legend } from '../../charts/legend';
import type { Loadable } from '../../charts/loadable';
import { longDate, shortDate } from '../../format/dates';
import { formatNumber, type NumberKind } from '../../format/numbers';
import { tableView, type ViewProps } from '../overview';

interface Props {
  name: string;
  color: string;
  kind: NumberKind;
  emptyText: string;
  view: ViewProps;
  data: Loadable<{ current: MetricAnswer; previous: MetricAnswer }>;
}

const titles: Record<string, string> = { sessions: 'Sessions', revenue: 'Revenue' };

/** One metric by day. */
export function SingleMetricChart({ name, color, kind, emptyText, view, data }: Props) {
  const title = titles[name] ?? name;
  const { currency } = view.project;
  const compares = view.search.compare !== undefined;
  return (
    <ChartCard
      name={name}
      title={title}
      data={data}
      explain={({ current }) => [current]}
      isEmpty={({ current }) => current.points.every((point) => !point.value)}
      emptyText={emptyText}
      legend={
        compares
          ? () => (
              <Legend
                entries={[
                  { label: title, swatch: color.slice(2) },
                  { label: 'Previous period', swatch: 'line' },
                ]}
              />
            )
          : () => null
      }
      chart={({ current, previous }) => (
        <BarChart
          label={`${title} by day`}
          positions={current.points.map((point) => ({ short: shortDate(point.date), long: longDate(point.date), day: point.date }))}
          provisional={current.points.map((point) => point.provisional)}
          series={[{ label: title, color, values: current.points.map((point) => point.value) }]}
          line={
            compares
              ? {
                  label: 'Previous period',
                  values: current.points.map((_, index) => previous.points[index]?.value ?? null),
                }
              : null
          }
          kind={kind}
          currency={currency}
        />
      )}
      table={({ current, previous }) => (
        <DataTable
          caption={title}
          columns={[
            { label: 'Date' },
            { label: title, numeric: true },
            ...(compares ? [{ label: 'Previous period', numeric: true }] : []),
            { label: 'Final' },
          ]}
          rows={current.points
            .map((point, index) => ({
              key: point.date,
              cells: [
                longDate(point.date),
                formatNumber(point.value, kind, currency),
                ...(compares ? [formatNumber(previous.points[index]?.value, kind, currency)] : []),
                point.provisional ? 'not yet' : 'yes',
              ],
            }))
            .toReversed()}
        />
      )}
      csv={({ current }) => ({
        header: ['date', name, 'provisional'],
        rows: current.points.map((point) => [point.date, point.value, point.provisional]),
      })}
      {...tableView(view, name)}
    />
  );
}
