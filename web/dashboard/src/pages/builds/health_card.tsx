import { useQuery } from '@tanstack/react-query';
import { questionQuery } from '../../api/questions';
import {
  crashFreeQuestion,
  fields,
  healthQuestion,
  healthRows,
  series,
  valueName,
  type HealthField,
  type HealthNumber,
  type HealthRow,
  type TotalsAnswer,
} from '../../builds/health';
import { DataTable } from '../../charts/data_table';
import { together } from '../../charts/loadable';
import { formatNumber } from '../../format/numbers';
import { InsightCard } from '../../insight/insight_card';
import { NumberButton } from '../../insight/number_button';
import type { InsightView } from '../../insight/use_insight';
import { useApi } from '../../session/session';

interface Props {
  view: InsightView;
  field: HealthField;
}

const columns: { name: HealthNumber; label: string; leads: boolean }[] = [
  { name: 'players', label: 'Players', leads: true },
  { name: 'crashed', label: 'Players with a crash', leads: true },
  { name: 'failed', label: 'Players with an error', leads: true },
  { name: 'crashes', label: 'Crashes', leads: false },
  { name: 'errors', label: 'Errors', leads: false },
];

/** Did the release break it: the numbers of each build, platform or device side by side. */
export function HealthCard({ view, field }: Props) {
  const api = useApi();
  const question = healthQuestion(view.asks, field);
  const data = together({
    counts: useQuery(questionQuery<TotalsAnswer>(api, 'trend', question)),
    shares: useQuery(questionQuery<TotalsAnswer>(api, 'metrics', crashFreeQuestion(view.asks, field))),
  });
  type Loaded = NonNullable<(typeof data)['data']>;
  const rowsOf = ({ counts, shares }: Loaded) => healthRows(counts.totals, shares.totals, field);
  const show = (row: HealthRow, name: HealthNumber, label: string) =>
    view.show({
      title: `${label}: ${valueName(row)}`,
      kind: 'trend',
      query: question,
      cell: { series: series.find((one) => one.name === name)?.letter ?? 'A', [field]: row.value, other: row.other },
    });
  const table = (loaded: Loaded) => <HealthTable rows={rowsOf(loaded)} field={field} onPick={show} />;
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'trend', question }}
      picture={false}
      name="health"
      title={`Health by ${fields[field].toLowerCase()}`}
      size="wide"
      data={data}
      explain={({ shares }) => [shares]}
      isEmpty={(loaded) => rowsOf(loaded).length === 0}
      emptyText="Nobody played in this range."
      chart={table}
      table={table}
      csv={(loaded) => ({
        header: [field, 'other', 'crash_free_players', 'crash_free_sessions', ...columns.map(({ name }) => name)],
        rows: rowsOf(loaded).map((row) => [
          row.value,
          row.other,
          row.crashFreePlayers,
          row.crashFreeSessions,
          ...columns.map(({ name }) => row[name]),
        ]),
      })}
    />
  );
}

interface TableProps {
  rows: HealthRow[];
  field: HealthField;
  onPick: (row: HealthRow, name: HealthNumber, label: string) => void;
}

function HealthTable({ rows, field, onPick }: TableProps) {
  return (
    <DataTable
      caption="Health"
      columns={[
        { label: fields[field] },
        { label: 'Crash-free players', numeric: true },
        { label: 'Crash-free sessions', numeric: true },
        ...columns.map(({ label }) => ({ label, numeric: true })),
      ]}
      rows={rows.map((row) => ({
        key: `${row.value}/${row.other}`,
        cells: [
          valueName(row),
          formatNumber(row.crashFreePlayers, 'share'),
          formatNumber(row.crashFreeSessions, 'share'),
          ...columns.map(({ name, label, leads }) =>
            leads && row[name] > 0 ? (
              <NumberButton key={name} about={`${label}, ${valueName(row)}`} onPick={() => onPick(row, name, label)}>
                {formatNumber(row[name], 'count')}
              </NumberButton>
            ) : (
              formatNumber(row[name], 'count')
            ),
          ),
        ],
      }))}
    />
  );
}
