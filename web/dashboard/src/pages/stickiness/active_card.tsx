import { useQuery } from '@tanstack/react-query';
import { questionQuery, type Question } from '../../api/questions';
import { BarChart } from '../../charts/bar_chart';
import { DataTable } from '../../charts/data_table';
import { Legend } from '../../charts/legend';
import { together } from '../../charts/loadable';
import { longDate, shortDate } from '../../format/dates';
import { formatNumber } from '../../format/numbers';
import { InsightCard } from '../../insight/insight_card';
import { NumberButton } from '../../insight/number_button';
import type { InsightView } from '../../insight/use_insight';
import type { MetricTable } from '../../metrics/metric_table';
import { useApi } from '../../session/session';
import { activeMetrics, type ActiveMetric } from './active_metrics';

/** The rows of one metric, in the order of their days. */
const rowsOf = (table: MetricTable, name: string) => table.rows.filter((row) => row.metric === name);

export function ActiveCard({ view }: { view: InsightView }) {
  const question: Question = { ...view.asks, metrics: activeMetrics.map(({ name }) => name), interval: 'day' };
  const data = together({ active: useQuery(questionQuery<MetricTable>(useApi(), 'metrics', question)) });
  const show = (metric: ActiveMetric | undefined, date: string | undefined) => {
    if (!metric || date === undefined) return;
    view.show({
      title: `Players ${metric.long} ${longDate(date)}`,
      kind: 'metrics',
      query: question,
      cell: { metric: metric.name, date },
    });
  };
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'metrics', question }}
      name="active"
      title="Active players of a day, 7 days and 30 days"
      size="wide"
      data={data}
      explain={({ active }) => [active]}
      isEmpty={({ active }) => active.rows.every((row) => !row.value)}
      emptyText="Nobody played in this range, or fewer filters are needed."
      legend={() => <Legend entries={activeMetrics.map(({ label, color }) => ({ label, swatch: color.slice(2) }))} />}
      chart={({ active }) => {
        const days = rowsOf(active, 'dau');
        return (
          <BarChart
            label="Active players by day"
            shape="lines"
            positions={days.map(({ date }) => ({ short: shortDate(date), long: longDate(date) }))}
            provisional={days.map((row) => row.provisional)}
            series={activeMetrics.map(({ name, label, color }) => ({
              label,
              color,
              values: rowsOf(active, name).map((row) => row.value),
            }))}
            kind="count"
            height={240}
            onPick={(index, part) => show(activeMetrics[part], days[index]?.date)}
          />
        );
      }}
      table={({ active }) => <ActiveTable active={active} onPick={show} />}
      csv={({ active }) => ({
        header: ['date', 'metric', 'value', 'provisional'],
        rows: active.rows.map((row) => [row.date, row.metric, row.value, row.provisional]),
      })}
    />
  );
}

interface TableProps {
  active: MetricTable;
  onPick: (metric: ActiveMetric, date: string) => void;
}

function ActiveTable({ active, onPick }: TableProps) {
  const numbers = activeMetrics.map((metric) => ({ metric, rows: rowsOf(active, metric.name) }));
  return (
    <DataTable
      caption="Active players"
      columns={[{ label: 'Date' }, ...activeMetrics.map(({ label }) => ({ label, numeric: true })), { label: 'Final' }]}
      rows={rowsOf(active, 'dau')
        .map(({ date, provisional }, index) => ({
          key: date,
          cells: [
            longDate(date),
            ...numbers.map(({ metric, rows }) =>
              rows[index]?.value ? (
                <NumberButton
                  key={metric.name}
                  about={`${metric.label}, ${longDate(date)}`}
                  onPick={() => onPick(metric, date)}
                >
                  {formatNumber(rows[index].value, 'count')}
                </NumberButton>
              ) : (
                formatNumber(rows[index]?.value, 'count')
              ),
            ),
            provisional ? 'not yet' : 'yes',
          ],
        }))
        .toReversed()}
    />
  );
}
