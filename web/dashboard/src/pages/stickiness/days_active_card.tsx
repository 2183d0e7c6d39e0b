import { useQuery } from '@tanstack/react-query';
import { questionQuery, type Answer } from '../../api/questions';
import { ColumnChart } from '../../charts/column_chart';
import { DataTable } from '../../charts/data_table';
import { together } from '../../charts/loadable';
import { formatNumber } from '../../format/numbers';
import { InsightCard } from '../../insight/insight_card';
import { NumberButton } from '../../insight/number_button';
import type { InsightView } from '../../insight/use_insight';
import { everyCount, type DaysRow } from '../../lifecycle/days_active';
import { useApi } from '../../session/session';

const daysText = (days: number): string => (days === 1 ? '1 day' : `${formatNumber(days, 'count')} days`);

export function DaysActiveCard({ view }: { view: InsightView }) {
  const question = view.asks;
  const data = together({ sticky: useQuery(questionQuery<Answer<DaysRow>>(useApi(), 'stickiness', question)) });
  const total = (rows: DaysRow[]) => rows.reduce((sum, row) => sum + row.players, 0);
  const count = (value: number) => formatNumber(value, 'count');
  const show = ({ days }: DaysRow) =>
    view.show({
      title: `Active on ${daysText(days)} of the range`,
      kind: 'stickiness',
      query: question,
      cell: { days },
    });
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'stickiness', question }}
      picture={false}
      name="days-active"
      title="Players by active days of the range"
      data={data}
      explain={({ sticky }) => [sticky]}
      isEmpty={({ sticky }) => sticky.rows.length === 0}
      emptyText="Nobody played in this range."
      chart={({ sticky }) => (
        <ColumnChart
          label="Players by active days"
          columns={everyCount(sticky.rows).map((row) => ({
            label: String(row.days),
            value: row.players,
            shown: count(row.players),
            action: `Show the ${count(row.players)} players active on ${daysText(row.days)}`,
            onPick: () => show(row),
          }))}
        />
      )}
      table={({ sticky }) => (
        <DataTable
          caption="Players by active days"
          columns={[
            { label: 'Active on' },
            { label: 'Players', numeric: true },
            { label: 'Of those who played', numeric: true },
          ]}
          rows={sticky.rows.map((row) => ({
            key: String(row.days),
            cells: [
              daysText(row.days),
              <NumberButton key="players" about={daysText(row.days)} onPick={() => show(row)}>
                {count(row.players)}
              </NumberButton>,
              formatNumber(row.players / total(sticky.rows), 'share'),
            ],
          }))}
        />
      )}
      csv={({ sticky }) => ({ header: ['days', 'players'], rows: sticky.rows.map((row) => [row.days, row.players]) })}
    />
  );
}
