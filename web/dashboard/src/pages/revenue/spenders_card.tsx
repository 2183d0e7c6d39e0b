import { useQuery } from '@tanstack/react-query';
import { questionQuery, type Answer } from '../../api/questions';
import { BarList } from '../../charts/bar_list';
import { DataTable } from '../../charts/data_table';
import { together } from '../../charts/loadable';
import { formatNumber } from '../../format/numbers';
import { InsightCard } from '../../insight/insight_card';
import { NumberButton } from '../../insight/number_button';
import type { InsightView } from '../../insight/use_insight';
import { useApi } from '../../session/session';

export interface SpenderRow {
  segment: 'whale' | 'dolphin' | 'minnow' | 'non_payer';
  players: number;
  revenue: number;
  revenue_share: number | null;
}

const names: Record<SpenderRow['segment'], string> = {
  whale: 'Whales, the top 10 % of payers',
  dolphin: 'Dolphins, the next 40 %',
  minnow: 'Minnows, the other half',
  non_payer: 'Paid nothing',
};
const order = Object.keys(names);

const ordered = (rows: SpenderRow[]): SpenderRow[] =>
  rows.toSorted((a, b) => order.indexOf(a.segment) - order.indexOf(b.segment));

/** How much of the money comes from how few. */
export function SpendersCard({ view }: { view: InsightView }) {
  const { project, asks } = view;
  const data = together({ spenders: useQuery(questionQuery<Answer<SpenderRow>>(useApi(), 'spenders', asks)) });
  const money = (value: number) => formatNumber(value, 'money', project.currency);
  const players = (row: SpenderRow) => (
    <NumberButton
      about={names[row.segment]}
      onPick={() =>
        view.show({ title: names[row.segment], kind: 'spenders', query: asks, cell: { segment: row.segment } })
      }
    >
      {formatNumber(row.players, 'count')}
    </NumberButton>
  );
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'spenders', question: asks }}
      picture={false}
      name="spenders"
      title="Who pays, last 30 days of the range"
      data={data}
      explain={({ spenders }) => [spenders]}
      isEmpty={({ spenders }) => spenders.rows.every((row) => row.players === 0)}
      emptyText="Nobody played in the 30 days that end with this range."
      chart={({ spenders }) => (
        <BarList
          label="Revenue by what players paid"
          rows={ordered(spenders.rows).map((row) => ({
            name: names[row.segment],
            value: row.revenue,
            shown: money(row.revenue),
            detail: formatNumber(row.revenue_share, 'share'),
            action: players(row),
          }))}
        />
      )}
      table={({ spenders }) => (
        <DataTable
          caption="Spender segments"
          columns={[
            { label: 'Segment' },
            { label: 'Players', numeric: true },
            { label: 'Revenue', numeric: true },
            { label: 'Share', numeric: true },
          ]}
          rows={ordered(spenders.rows).map((row) => ({
            key: row.segment,
            cells: [names[row.segment], players(row), money(row.revenue), formatNumber(row.revenue_share, 'share')],
          }))}
        />
      )}
      csv={({ spenders }) => ({
        header: ['segment', 'players', 'revenue', 'revenue_share'],
        rows: ordered(spenders.rows).map((row) => [row.segment, row.players, row.revenue, row.revenue_share]),
      })}
    />
  );
}
