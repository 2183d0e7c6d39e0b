import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { questionQuery, type Answer } from '../api/questions';
import type { Project } from '../api/types';
import { BarChart } from '../charts/bar_chart';
import { DataTable } from '../charts/data_table';
import { Legend } from '../charts/legend';
import { together } from '../charts/loadable';
import { longDate, shortDate } from '../format/dates';
import { formatNumber } from '../format/numbers';
import { currencySums, flowOf, type CurrencyRow, type CurrencySum, type CurrencyTotal } from '../economy/currencies';
import { CardGrid } from '../insight/card_grid';
import type { CardProps, Cards } from '../insight/cards';
import { FigureBox } from '../insight/figure';
import { InsightCard } from '../insight/insight_card';
import { useInsight, type InsightView } from '../insight/use_insight';
import { useApi } from '../session/session';
import type { EconomySearch } from '../state/insight_search';
import { AmountsCard } from './economy/amounts_card';
import { ComparedFlow } from './economy/compared_flow';
import { NeedsEvents } from './needs_events';

const route = getRouteApi('/economy');

type EconomyAnswer = Answer<CurrencyRow> & { totals: CurrencyTotal[] };

function useEconomy(view: InsightView, search: EconomySearch) {
  const question = {
    ...view.asks,
    metrics: ['economy_source', 'economy_sink'],
    breakdown: ['property.currency'],
    top: 20,
  };
  const data = together({ economy: useQuery(questionQuery<EconomyAnswer>(useApi(), 'metrics', question)) });
  const sums = currencySums(data.data?.economy.totals ?? []);
  // A currency of a link that the range does not have shows as the busiest one.
  const chosen = sums.find((sum) => sum.currency === search.currency) ?? sums[0];
  return { question, data, sums, chosen };
}

export function EconomyPage() {
  return <NeedsEvents title="Economy">{(project) => <Economy project={project} />}</NeedsEvents>;
}

function Economy({ project }: { project: Project }) {
  const search = route.useSearch();
  const { view, update, head, compares, filters, dialog } = useInsight<EconomySearch>(project, search);
  const { sums, chosen } = useEconomy(view, search);
  return (
    <>
      {head(
        'Economy',
        <>
          <CurrencyPicker sums={sums} chosen={chosen} onPick={(currency) => update({ currency })} />
          {compares}
        </>,
      )}
      <p className="page-note muted">
        Virtual currencies, from the events economy_source and economy_sink. Amounts of different currencies are never
        added up.
      </p>
      {filters(0)}
      {chosen && <Figures sum={chosen} />}
      <CardGrid cards={cards} view={view} search={search} update={update} />
      {dialog}
    </>
  );
}

interface PickerProps {
  sums: CurrencySum[];
  chosen: CurrencySum | undefined;
  onPick: (currency: string) => void;
}

function CurrencyPicker({ sums, chosen, onPick }: PickerProps) {
  if (sums.length < 2) return null;
  return (
    <label className="picker">
      Currency
      <select className="field" value={chosen?.currency} onChange={(event) => onPick(event.target.value)}>
        {sums.map((sum) => (
          <option key={sum.currency}>{sum.currency}</option>
        ))}
      </select>
    </label>
  );
}

function Figures({ sum }: { sum: CurrencySum }) {
  const note = `${sum.currency} in this range`;
  return (
    <section className="kpis is-four" aria-label="Key figures">
      <FigureBox name="source" label="Won" note={note}>
        {formatNumber(sum.source, 'count')}
      </FigureBox>
      <FigureBox name="sink" label="Spent" note={note}>
        {formatNumber(sum.sink, 'count')}
      </FigureBox>
      <FigureBox name="net" label="Left over" note="won less spent">
        {formatNumber(sum.net, 'count')}
      </FigureBox>
      <FigureBox name="ratio" label="Spent per won" note="far below 100 %: players pile it up">
        {formatNumber(sum.ratio, 'share')}
      </FigureBox>
    </section>
  );
}

function FlowCard({ view, search }: CardProps<EconomySearch>) {
  const { question, data, chosen } = useEconomy(view, search);
  const currency = chosen?.currency ?? '';
  const flow = ({ economy }: { economy: EconomyAnswer }) => flowOf(economy.rows, currency);
  const count = (value: number | undefined) => formatNumber(value, 'count');
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'metrics', question }}
      name="flow"
      title="Won and spent by day"
      size="wide"
      data={data}
      explain={({ economy }) => [economy]}
      isEmpty={(loaded) => flow(loaded).dates.length === 0}
      emptyText="No virtual currency in this range. Send economy_source and economy_sink with currency and amount to see it here."
      legend={() => (
        <Legend
          entries={[
            { label: 'Won', swatch: 'series-1' },
            { label: 'Spent', swatch: 'line' },
          ]}
        />
      )}
      chart={(loaded) => {
        const { dates, source, sink, provisional } = flow(loaded);
        return (
          <BarChart
            label={`${currency} won and spent by day`}
            positions={dates.map((date) => ({ short: shortDate(date), long: longDate(date) }))}
            provisional={provisional}
            series={[{ label: 'Won', color: '--series-1', values: source }]}
            line={{ label: 'Spent', values: sink }}
            kind="count"
          />
        );
      }}
      table={(loaded) => {
        const { dates, source, sink, provisional } = flow(loaded);
        return (
          <DataTable
            caption="Won and spent by day"
            columns={[
              { label: 'Date' },
              { label: 'Won', numeric: true },
              { label: 'Spent', numeric: true },
              { label: 'Left over', numeric: true },
              { label: 'Final' },
            ]}
            rows={dates
              .map((date, index) => ({
                key: date,
                cells: [
                  longDate(date),
                  count(source[index]),
                  count(sink[index]),
                  count((source[index] ?? 0) - (sink[index] ?? 0)),
                  provisional[index] ? 'not yet' : 'yes',
                ],
              }))
              .toReversed()}
          />
        );
      }}
      csv={({ economy }) => ({
        header: ['date', 'metric', 'currency', 'value', 'provisional'],
        rows: economy.rows.map((row) => [row.date, row.metric, row['property.currency'], row.value, row.provisional]),
      })}
    />
  );
}

function SinksCard({ view, search }: CardProps<EconomySearch>) {
  const { chosen } = useEconomy(view, search);
  if (!chosen) return null;
  return (
    <AmountsCard
      key={chosen.currency}
      view={view}
      name="sinks"
      title={`What ${chosen.currency} are spent on`}
      event="economy_sink"
      property="item"
      currency={chosen.currency}
    />
  );
}

function SourcesCard({ view, search }: CardProps<EconomySearch>) {
  const { chosen } = useEconomy(view, search);
  if (!chosen) return null;
  return (
    <AmountsCard
      key={chosen.currency}
      view={view}
      name="sources"
      title={`Where ${chosen.currency} come from`}
      event="economy_source"
      property="reason"
      currency={chosen.currency}
    />
  );
}

function ComparedCurrency({ view, search }: CardProps<EconomySearch>) {
  const { chosen } = useEconomy(view, search);
  return chosen && <ComparedFlow view={view} currency={chosen.currency} />;
}

export const cards: Cards<EconomySearch> = {
  flow: FlowCard,
  compared: ComparedCurrency,
  sinks: SinksCard,
  sources: SourcesCard,
};
