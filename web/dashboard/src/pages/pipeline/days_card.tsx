import type { Explanation } from '../../api/types';
import { BarChart } from '../../charts/bar_chart';
import { ChartCard } from '../../charts/chart_card';
import { DataTable } from '../../charts/data_table';
import { Legend } from '../../charts/legend';
import type { Loadable } from '../../charts/loadable';
import { longDate, shortDate } from '../../format/dates';
import { formatNumber } from '../../format/numbers';
import type { InsightView } from '../../insight/use_insight';

interface Series<Day> {
  name: string;
  label: string;
  color: string;
  of: (day: Day) => number;
}

interface Props<Day extends { date: string }> {
  view: InsightView;
  name: string;
  title: string;
  data: Loadable<{ days: Day[]; explanation: Explanation; provisional: boolean[] }>;
  series: Series<Day>[];
  emptyText: string;
}

/** Numbers of events by day, stacked. */
export function DaysCard<Day extends { date: string }>({ view, name, title, data, series, emptyText }: Props<Day>) {
  return (
    <ChartCard
      name={name}
      title={title}
      data={data}
      explain={({ explanation }) => [explanation]}
      isEmpty={({ days }) => days.every((day) => series.every(({ of }) => of(day) === 0))}
      emptyText={emptyText}
      legend={() =>
        series.length > 1 && <Legend entries={series.map(({ label, color }) => ({ label, swatch: color.slice(2) }))} />
      }
      chart={({ days, provisional }) => (
        <BarChart
          label={`${title} by day`}
          positions={days.map(({ date }) => ({ short: shortDate(date), long: longDate(date) }))}
          provisional={provisional}
          series={series.map(({ label, color, of }) => ({ label, color, values: days.map(of) }))}
          kind="count"
        />
      )}
      table={({ days }) => (
        <DataTable
          caption={title}
          columns={[{ label: 'Date' }, ...series.map(({ label }) => ({ label, numeric: true }))]}
          rows={days
            .map((day) => ({
              key: day.date,
              cells: [longDate(day.date), ...series.map(({ of }) => formatNumber(of(day), 'count'))],
            }))
            .toReversed()}
        />
      )}
      csv={({ days }) => ({
        header: ['date', ...series.map((one) => one.name)],
        rows: days.map((day) => [day.date, ...series.map(({ of }) => of(day))]),
      })}
      {...view.table(name)}
    />
  );
}
