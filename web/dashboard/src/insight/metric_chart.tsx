import { BarChart } from '../charts/bar_chart';
import { DataTable } from '../charts/data_table';
import { Legend } from '../charts/legend';
import type { Loadable } from '../charts/loadable';
import { longDate, shortDate } from '../format/dates';
import { formatNumber, type NumberKind } from '../format/numbers';
import { hasValues, metricCsv, type MetricRow, type MetricTable } from '../metrics/metric_table';
import { comparisons } from '../state/compare';
import { InsightCard } from './insight_card';
import type { Asked } from './insight_page';
import { NumberButton } from './number_button';
import type { InsightView } from './use_insight';

interface Props {
  name: string;
  title: string;
  kind: NumberKind;
  color: string;
  emptyText: string;
  view: InsightView;
  asked: Asked;
  data: Loadable<{ table: MetricTable }>;
  onPick: (row: MetricRow) => void;
  size?: 'wide' | 'half';
}

/** One metric by day. Each day leads to its players. */
export function MetricChart({
  name,
  title,
  kind,
  color,
  emptyText,
  view,
  asked,
  data,
  onPick,
  size = 'half',
}: Props) {
  const { currency } = view.project;
  const compared = view.compare && comparisons[view.compare];
  const show = (value: number | null | undefined) => formatNumber(value, kind, currency);
  const value = (row: MetricRow) =>
    row.value ? (
      <NumberButton about={`${title}, ${longDate(row.date)}`} onPick={() => onPick(row)}>
        {show(row.value)}
      </NumberButton>
    ) : (
      show(row.value)
    );
  return (
    <InsightCard
      view={view}
      asked={asked}
      name={name}
      title={title}
      size={size}
      data={data}
      explain={({ table }) => [table]}
      isEmpty={({ table }) => !hasValues(table)}
      emptyText={emptyText}
      legend={() =>
        compared && (
          <Legend
            entries={[
              { label: title, swatch: color.slice(2) },
              { label: compared, swatch: 'line' },
            ]}
          />
        )
      }
      chart={({ table }) => (
        <BarChart
          label={`${title} by day`}
          positions={table.rows.map((row) => ({ short: shortDate(row.date), long: longDate(row.date), day: row.date }))}
          provisional={table.rows.map((row) => row.provisional)}
          series={[{ label: title, color, values: table.rows.map((row) => row.value) }]}
          line={compared ? { label: compared, values: table.rows.map((row) => row.previous ?? null) } : null}
          kind={kind}
          currency={currency}
          onPick={(index) => {
            const row = table.rows[index];
            if (row) onPick(row);
          }}
        />
      )}
      table={({ table }) => (
        <DataTable
          caption={title}
          columns={[
            { label: 'Date' },
            { label: title, numeric: true },
            ...(compared ? [{ label: compared, numeric: true }] : []),
            { label: 'Final' },
          ]}
          rows={table.rows
            .map((row) => ({
              key: row.date,
              cells: [
                longDate(row.date),
                value(row),
                ...(compared ? [show(row.previous)] : []),
                row.provisional ? 'not yet' : 'yes',
              ],
            }))
            .toReversed()}
        />
      )}
      csv={({ table }) => metricCsv(table)}
    />
  );
}
