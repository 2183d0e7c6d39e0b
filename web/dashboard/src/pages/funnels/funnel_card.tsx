import { useQuery } from '@tanstack/react-query';
import { breakdownName, cellOf, numberOf, questionQuery, type Answer, type Question, type Row } from '../../api/questions';
import type { Project } from '../../api/types';
import { ChartCard } from '../../charts/chart_card';
import { DataTable } from '../../charts/data_table';
import { together } from '../../charts/loadable';
import { spanOfTime } from '../../format/durations';
import { formatNumber } from '../../format/numbers';
import { useInsightPanels } from '../../insight/insight_page';
import type { Pick } from '../../insight/insight_page';
import { NumberButton } from '../../insight/number_button';
import { useApi } from '../../session/session';
import { readBreakdown } from '../../state/filters';
import { showsTable, toggleTable } from '../../state/search';
import type { FunnelSearch } from './funnel_search';

interface Props {
  project: Project;
  search: FunnelSearch;
  update: (change: { tables?: string | undefined }) => void;
  question: Question;
}

/** The answer's rows, one list per value of the breakdown, in the server's order. */
function groupsOf(answer: Answer, breakdown: string[]): [string, Row[]][] {
  const groups = new Map<string, Row[]>();
  for (const row of answer.rows) {
    const name = breakdown.length > 0 ? breakdownName(row, breakdown) : '';
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return [...groups];
}

export function FunnelCard({ project, search, update, question }: Props) {
  const breakdown = readBreakdown(search.breakdown);
  const { panels, showPlayers, showQuery } = useInsightPanels({ kind: 'funnel', question }, project);
  const data = together({ answer: useQuery(questionQuery<Answer>(useApi(), 'funnel', question)) });
  return (
    <div className="insight-card">
      <ChartCard
        name="funnel"
        title="Funnel"
        size="wide"
        data={data}
        explain={({ answer }) => [answer]}
        isEmpty={({ answer }) => answer.rows.every((row) => !row['players'])}
        emptyText="Nobody took the first step in this range. Choose a longer range, another first step, or fewer filters."
        tools={
          <button type="button" className="button quiet" onClick={showQuery}>
            View query
          </button>
        }
        chart={({ answer }) =>
          groupsOf(answer, breakdown).map(([name, rows]) => (
            <Steps
              key={name}
              name={name}
              answer={answer}
              rows={rows}
              perSession={search.per !== undefined}
              showPlayers={showPlayers}
            />
          ))
        }
        table={({ answer }) => <Table answer={answer} breakdown={breakdown} perSession={search.per !== undefined} />}
        csv={({ answer }) => ({
          header: answer.columns.map((column) => column.name),
          rows: answer.rows.map((row) => answer.columns.map((column) => row[column.name] ?? null)),
        })}
        showTable={showsTable(search.tables, 'funnel')}
        onToggleTable={() => update({ tables: toggleTable(search.tables, 'funnel') })}
      />
      {panels}
    </div>
  );
}

interface StepsProps {
  name: string;
  answer: Answer;
  rows: Row[];
  perSession: boolean;
  showPlayers: (pick: Pick) => void;
}

/** One bar a step: how many of the first step's players reach it, and who of the step before does not. */
function Steps({ name, rows, ...rest }: StepsProps) {
  return (
    <section className="funnel" aria-label={name || 'All players'}>
      {name && <h3>{name}</h3>}
      <ol>
        {rows.map((row) => (
          <Step key={String(row['step'])} name={name} row={row} {...rest} />
        ))}
      </ol>
    </section>
  );
}

function Step({ name, answer, row, perSession, showPlayers }: Omit<StepsProps, 'rows'> & { row: Row }) {
  const share = numberOf(row, 'share') ?? 0;
  const dropped = numberOf(row, 'dropped');
  const about = [name, `step ${row['step']}, ${row['event']}`].filter(Boolean).join(', ');
  const cell = cellOf(answer, row);
  const seconds = numberOf(row, 'median_seconds_from_previous');
  return (
    <li className="funnel-step" data-step={row['step']}>
      <span className="funnel-name">
        <b>{String(row['step'])}</b> {String(row['event'])}
      </span>
      <span className="funnel-value">
        {perSession && <span className="muted">{formatNumber(numberOf(row, 'units'), 'count')} sessions of</span>}
        <NumberButton about={about} onPick={() => showPlayers({ about, cell })}>
          {formatNumber(numberOf(row, 'players'), 'count')}
        </NumberButton>
        {perSession && <span className="muted">players</span>}
        <strong>{formatNumber(share, 'share')}</strong>
      </span>
      <svg className="funnel-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect className="funnel-track" width="100" height="10" />
        <rect className="bar-fill" width={share * 100} height="10" />
      </svg>
      <span className="funnel-facts fine muted">
        {seconds !== null && <span>{spanOfTime(seconds)} after the step before (median)</span>}
        {dropped !== null && dropped > 0 && (
          <span className="funnel-dropped">
            {perSession ? (
              // Sessions that end here may be of players of whom another one goes on: they are counted, not listed.
              `${formatNumber(dropped, 'count')} sessions`
            ) : (
              <NumberButton
                about={`dropped off after ${about}`}
                onPick={() => showPlayers({ about: `dropped off after ${about}`, cell: { ...cell, value: 'dropped' } })}
              >
                {formatNumber(dropped, 'count')}
              </NumberButton>
            )}{' '}
            go no further
          </span>
        )}
      </span>
    </li>
  );
}

const tableColumns: [name: string, label: string][] = [
  ['players', 'Players'],
  ['dropped', 'Go no further'],
  ['share', 'Of the first step'],
  ['share_of_previous', 'Of the step before'],
  ['median_seconds', 'Median from the first'],
  ['median_seconds_from_previous', 'Median from the step before'],
  ['mean_seconds_from_previous', 'Mean from the step before'],
];

function show(row: Row, name: string): string {
  const value = numberOf(row, name);
  if (name.includes('seconds')) return value === null ? '–' : spanOfTime(value);
  return formatNumber(value, name.startsWith('share') ? 'share' : 'count');
}

interface TableProps {
  answer: Answer;
  breakdown: string[];
  perSession: boolean;
}

function Table({ answer, breakdown, perSession }: TableProps) {
  const shown: typeof tableColumns = perSession ? [['units', 'Sessions'], ...tableColumns] : tableColumns;
  return (
    <DataTable
      caption="Funnel"
      columns={[
        ...(breakdown.length > 0 ? [{ label: 'Of' }] : []),
        { label: 'Step' },
        ...shown.map(([, label]) => ({ label, numeric: true })),
      ]}
      rows={answer.rows.map((row) => ({
        key: JSON.stringify(cellOf(answer, row)),
        cells: [
          ...(breakdown.length > 0 ? [breakdownName(row, breakdown)] : []),
          `${row['step']}. ${row['event']}`,
          ...shown.map(([name]) => show(row, name)),
        ],
      }))}
    />
  );
}
