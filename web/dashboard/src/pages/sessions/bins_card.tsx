import { useQuery } from '@tanstack/react-query';
import { questionQuery, type Answer } from '../../api/questions';
import { ColumnChart } from '../../charts/column_chart';
import { DataTable } from '../../charts/data_table';
import { together } from '../../charts/loadable';
import { formatNumber } from '../../format/numbers';
import { InsightCard } from '../../insight/insight_card';
import { NumberButton } from '../../insight/number_button';
import type { InsightView } from '../../insight/use_insight';
import { binValues, seriesName, withinBin, type Bin, type SeriesTotal } from '../../sessions/length_bins';
import { useApi } from '../../session/session';

interface Props {
  view: InsightView;
  name: string;
  title: string;
  bins: Bin[];
  event?: string;
  field: string;
  /** What a column counts. Its players are what it leads to. */
  counted: 'events' | 'players';
  emptyText: string;
  note: string;
}

type BinsAnswer = Answer<object> & { totals: SeriesTotal[] };

/** A distribution: each bin is a series of a trend, so that the server counts, and lists who is in it. */
export function BinsCard({ view, name, title, bins, event, field, counted, emptyText, note }: Props) {
  const api = useApi();
  const question = (measure: string) => ({
    ...view.asks,
    interval: 'month',
    series: bins.map((bin) => ({ ...(event ? { event } : {}), measure, where: withinBin(field, bin) })),
  });
  const ask = (measure: string) => questionQuery<BinsAnswer>(api, 'trend', question(measure));
  const data = together({ counts: useQuery(ask(counted)), players: useQuery(ask('players')) });
  const count = (value: number | undefined) => formatNumber(value, 'count');
  const show = (index: number) =>
    view.show({
      title: `${title}: ${bins[index]?.label}`,
      kind: 'trend',
      query: question('players'),
      cell: { series: seriesName(index) },
    });
  const playersCell = (index: number, players: number | undefined) =>
    players ? (
      <NumberButton about={bins[index]?.label ?? ''} onPick={() => show(index)}>
        {count(players)}
      </NumberButton>
    ) : (
      '0'
    );
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'trend', question: question(counted) }}
      picture={false}
      name={name}
      title={title}
      data={data}
      explain={({ counts }) => [counts]}
      isEmpty={({ counts }) => binValues(bins, counts.totals).every((value) => value === 0)}
      emptyText={emptyText}
      chart={({ counts, players }) => {
        const behind = binValues(bins, players.totals);
        return (
          <>
            <ColumnChart
              label={title}
              columns={binValues(bins, counts.totals).map((value, index) => ({
                label: bins[index]?.label ?? '',
                value,
                shown: count(value),
                action: `Show the ${count(behind[index])} players`,
                onPick: () => show(index),
              }))}
            />
            <p className="fine muted">{note}</p>
          </>
        );
      }}
      table={({ counts, players }) => {
        const behind = binValues(bins, players.totals);
        return (
          <DataTable
            caption={title}
            columns={[
              { label: event ? 'Length' : 'Sessions' },
              ...(event ? [{ label: 'Sessions', numeric: true }] : []),
              { label: 'Players', numeric: true },
            ]}
            rows={binValues(bins, counts.totals).map((value, index) => ({
              key: bins[index]?.label ?? '',
              cells: [bins[index]?.label, ...(event ? [count(value)] : []), playersCell(index, behind[index])],
            }))}
          />
        );
      }}
      csv={({ counts, players }) => {
        const behind = binValues(bins, players.totals);
        return {
          header: ['from', 'below', counted, ...(counted === 'players' ? [] : ['players'])],
          rows: binValues(bins, counts.totals).map((value, index) => [
            bins[index]?.from ?? null,
            bins[index]?.below ?? null,
            value,
            ...(counted === 'players' ? [] : [behind[index] ?? 0]),
          ]),
        };
      }}
    />
  );
}
