import { useQuery } from '@tanstack/react-query';
import { breakdownName, cellOf, questionQuery, type Answer, type Row } from '../../api/questions';
import { BarList } from '../../charts/bar_list';
import { DataTable } from '../../charts/data_table';
import { together } from '../../charts/loadable';
import { formatNumber } from '../../format/numbers';
import { InsightCard } from '../../insight/insight_card';
import { NumberButton } from '../../insight/number_button';
import type { InsightView } from '../../insight/use_insight';
import { useApi } from '../../session/session';

interface Props {
  view: InsightView;
  field: 'player.country' | 'player.platform';
  title: string;
}

const shownMax = 10;
const playersOf = (row: Row): number => (typeof row['players'] === 'number' ? row['players'] : 0);

/** Of what kinds of players the segment is made; each player is counted in one row. */
export function MakeupCard({ view, field, title }: Props) {
  const question = { ...view.asks, breakdown: [field], top: shownMax };
  const data = together({ answer: useQuery(questionQuery<Answer>(useApi(), 'segment', question)) });
  const rowsOf = (answer: Answer) => answer.rows.toSorted((a, b) => playersOf(b) - playersOf(a));
  const total = (answer: Answer) => answer.rows.reduce((sum, row) => sum + playersOf(row), 0);
  const number = (answer: Answer, row: Row) => {
    const name = breakdownName(row, [field]);
    const show = () =>
      view.show({ title: `Segment: ${name}`, kind: 'segment', query: question, cell: cellOf(answer, row) });
    return (
      <NumberButton about={name} onPick={show}>
        {formatNumber(playersOf(row), 'count')}
      </NumberButton>
    );
  };
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'segment', question }}
      picture={false}
      name={field.replace('player.', 'by-')}
      title={title}
      data={data}
      explain={({ answer }) => [answer]}
      isEmpty={({ answer }) => total(answer) === 0}
      emptyText="Nobody is in this segment. Fewer conditions, fewer times or more days let more players in."
      chart={({ answer }) => (
        <BarList
          label={title}
          rows={rowsOf(answer).map((row) => ({
            name: breakdownName(row, [field]),
            value: playersOf(row),
            shown: formatNumber(playersOf(row) / total(answer), 'share'),
            action: number(answer, row),
          }))}
        />
      )}
      table={({ answer }) => (
        <DataTable
          caption={title}
          columns={[{ label: title }, { label: 'Players', numeric: true }, { label: 'Share', numeric: true }]}
          rows={rowsOf(answer).map((row) => ({
            key: JSON.stringify(cellOf(answer, row)),
            cells: [
              breakdownName(row, [field]),
              number(answer, row),
              formatNumber(playersOf(row) / total(answer), 'share'),
            ],
          }))}
        />
      )}
      csv={({ answer }) => ({
        header: [field, 'players'],
        rows: rowsOf(answer).map((row) => [breakdownName(row, [field]), playersOf(row)]),
      })}
    />
  );
}
