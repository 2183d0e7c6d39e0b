import { useQuery } from '@tanstack/react-query';
import { cellOf, numberOf, questionQuery, type Answer } from '../../api/questions';
import { fields, type HealthField } from '../../builds/health';
import { BarChart } from '../../charts/bar_chart';
import { DataTable } from '../../charts/data_table';
import { Legend } from '../../charts/legend';
import { together } from '../../charts/loadable';
import { longDate, shortDate } from '../../format/dates';
import { formatNumber } from '../../format/numbers';
import { InsightCard } from '../../insight/insight_card';
import { NumberButton } from '../../insight/number_button';
import type { InsightView } from '../../insight/use_insight';
import { useApi } from '../../session/session';
import { exploreTable, type ExploreAnswer, type ExploreTable } from '../explore/explore_table';

interface Props {
  view: InsightView;
  field: HealthField;
}

const shownMax = 5;

/** Who plays what, day by day: how a release spreads, and what it replaces. */
export function AdoptionCard({ view, field }: Props) {
  const question = {
    ...view.asks,
    series: [{ measure: 'players' }],
    breakdown: [field],
    top: shownMax,
    interval: 'day',
  };
  const data = together({ answer: useQuery(questionQuery<ExploreAnswer>(useApi(), 'trend', question)) });
  const tableOf = (answer: ExploreAnswer) => exploreTable(answer, [field], '');
  const show = (answer: Answer, table: ExploreTable, index: number, part: number) => {
    const series = table.series[part];
    const row = series?.rows[index];
    if (!row || !row['value']) return;
    const title = `Played ${series.name} on ${longDate(table.positions[index] ?? '')}`;
    view.show({ title, kind: 'trend', query: question, cell: cellOf(answer, row) });
  };
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'trend', question }}
      name="adoption"
      title={`Players by ${fields[field].toLowerCase()} and day`}
      size="wide"
      data={data}
      explain={({ answer }) => [answer]}
      isEmpty={({ answer }) => answer.rows.every((row) => !row['value'])}
      emptyText="Nobody played in this range."
      legend={({ answer }) => (
        <Legend
          entries={tableOf(answer).series.map(({ name }, index) => ({ label: name, swatch: `series-${index + 1}` }))}
        />
      )}
      chart={({ answer }) => {
        const table = tableOf(answer);
        return (
          <BarChart
            label={`Players by ${fields[field].toLowerCase()} and day`}
            positions={table.positions.map((date) => ({ short: shortDate(date), long: longDate(date) }))}
            provisional={table.provisional}
            series={table.series.map(({ name, rows }, index) => ({
              label: name,
              color: `--series-${index + 1}`,
              values: rows.map((row) => numberOf(row)),
            }))}
            kind="count"
            height={240}
            onPick={(index, part) => show(answer, table, index, part)}
          />
        );
      }}
      table={({ answer }) => {
        const table = tableOf(answer);
        return (
          <DataTable
            caption={`Players by ${fields[field].toLowerCase()}`}
            columns={[
              { label: 'Date' },
              ...table.series.map(({ name }) => ({ label: name, numeric: true })),
              { label: 'Final' },
            ]}
            rows={table.positions
              .map((date, index) => ({
                key: date,
                cells: [
                  longDate(date),
                  ...table.series.map(({ name, rows }, part) =>
                    numberOf(rows[index]) ? (
                      <NumberButton
                        key={name}
                        about={`${name}, ${longDate(date)}`}
                        onPick={() => show(answer, table, index, part)}
                      >
                        {formatNumber(numberOf(rows[index]), 'count')}
                      </NumberButton>
                    ) : (
                      formatNumber(numberOf(rows[index]), 'count')
                    ),
                  ),
                  table.provisional[index] ? 'not yet' : 'yes',
                ],
              }))
              .toReversed()}
          />
        );
      }}
      csv={({ answer }) => ({
        header: answer.columns.map((column) => column.name),
        rows: answer.rows.map((row) => answer.columns.map((column) => row[column.name] ?? null)),
      })}
    />
  );
}
