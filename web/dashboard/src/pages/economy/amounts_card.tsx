import { useQuery } from '@tanstack/react-query';
import { questionQuery, type Answer } from '../../api/questions';
import { BarList } from '../../charts/bar_list';
import { DataTable } from '../../charts/data_table';
import { together } from '../../charts/loadable';
import { amountQuestion, amounts, type Amount, type AmountTotal } from '../../economy/amounts';
import { formatNumber } from '../../format/numbers';
import { InsightCard } from '../../insight/insight_card';
import { NumberButton } from '../../insight/number_button';
import type { InsightView } from '../../insight/use_insight';
import { useApi } from '../../session/session';

interface Props {
  view: InsightView;
  name: string;
  title: string;
  event: string;
  property: string;
  currency: string;
}

type AmountsAnswer = Answer<object> & { totals: AmountTotal[] };

/** The amounts of one currency by what they were for. */
export function AmountsCard({ view, name, title, event, property, currency }: Props) {
  const question = amountQuestion(view.asks, event, property, currency);
  const data = together({ answer: useQuery(questionQuery<AmountsAnswer>(useApi(), 'trend', question)) });
  const rowsOf = ({ answer }: { answer: AmountsAnswer }) => amounts(answer.totals, property);
  const nameOf = (row: Amount) => (row.other ? 'everything else' : (row.name ?? `no ${property} named`));
  const count = (value: number) => formatNumber(value, 'count');
  const players = (row: Amount) => (
    <NumberButton
      about={nameOf(row)}
      onPick={() =>
        view.show({
          title: `${title}: ${nameOf(row)}`,
          kind: 'trend',
          query: question,
          cell: { series: 'B', [`property.${property}`]: row.name, other: row.other },
        })
      }
    >
      {count(row.players)}
    </NumberButton>
  );
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'trend', question }}
      picture={false}
      name={name}
      title={title}
      data={data}
      explain={({ answer }) => [answer]}
      isEmpty={(loaded) => rowsOf(loaded).length === 0}
      emptyText={`No ${event} of this currency in the range. The property ${property} says what it was for.`}
      chart={(loaded) => (
        <BarList
          label={title}
          rows={rowsOf(loaded).map((row) => ({
            name: nameOf(row),
            value: row.amount,
            shown: count(row.amount),
            action: players(row),
          }))}
        />
      )}
      table={(loaded) => (
        <DataTable
          caption={title}
          columns={[{ label: property }, { label: 'Amount', numeric: true }, { label: 'Players', numeric: true }]}
          rows={rowsOf(loaded).map((row) => ({
            key: `${row.name}/${row.other}`,
            cells: [nameOf(row), count(row.amount), players(row)],
          }))}
        />
      )}
      csv={(loaded) => ({
        header: [property, 'other', 'amount', 'players'],
        rows: rowsOf(loaded).map((row) => [row.name, row.other, row.amount, row.players]),
      })}
    />
  );
}
