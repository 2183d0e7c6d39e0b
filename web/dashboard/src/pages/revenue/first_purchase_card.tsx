import { useQuery } from '@tanstack/react-query';
import { questionQuery, type Answer } from '../../api/questions';
import { ColumnChart } from '../../charts/column_chart';
import { DataTable } from '../../charts/data_table';
import { together } from '../../charts/loadable';
import { formatNumber } from '../../format/numbers';
import { InsightCard } from '../../insight/insight_card';
import type { InsightView } from '../../insight/use_insight';
import { useApi } from '../../session/session';

type FirstPurchaseAnswer = Answer<object> & {
  average: { day: number; size: number; players: number; share: number | null; cohorts: number }[];
};

const days = [0, 1, 3, 7, 14, 30];

/** How long players take until they pay for the first time. */
export function FirstPurchaseCard({ view }: { view: InsightView }) {
  const question = { ...view.asks, days };
  const data = together({
    first: useQuery(questionQuery<FirstPurchaseAnswer>(useApi(), 'first_purchase', question)),
  });
  const known = (first: FirstPurchaseAnswer) =>
    first.average.filter((entry) => entry.share !== null && entry.cohorts > 0);
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'first_purchase', question }}
      picture={false}
      name="first-purchase"
      title="Had paid by day"
      data={data}
      explain={({ first }) => [first]}
      isEmpty={({ first }) => known(first).length === 0}
      emptyText="No cohort of this range has a day that has ended yet."
      chart={({ first }) => (
        <ColumnChart
          label="Share of new players who had paid by day"
          columns={known(first).map((entry) => ({
            label: `D${entry.day}`,
            value: entry.share ?? 0,
            shown: formatNumber(entry.share, 'share'),
          }))}
        />
      )}
      table={({ first }) => (
        <DataTable
          caption="First purchase"
          columns={[
            { label: 'Day', numeric: true },
            { label: 'New players', numeric: true },
            { label: 'Had paid', numeric: true },
            { label: 'Share', numeric: true },
            { label: 'Cohorts', numeric: true },
          ]}
          rows={known(first).map((entry) => ({
            key: String(entry.day),
            cells: [
              entry.day,
              formatNumber(entry.size, 'count'),
              formatNumber(entry.players, 'count'),
              formatNumber(entry.share, 'share'),
              entry.cohorts,
            ],
          }))}
        />
      )}
      csv={({ first }) => ({
        header: ['day', 'size', 'players', 'share', 'cohorts'],
        rows: known(first).map((entry) => [entry.day, entry.size, entry.players, entry.share, entry.cohorts]),
      })}
    />
  );
}
