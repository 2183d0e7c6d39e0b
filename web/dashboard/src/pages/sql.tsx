import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { projectQuery } from '../api/queries';
import { statementQuery, type TimedAnswer } from '../api/sql';
import { useApi } from '../session/session';
import { PageHead } from '../shell/page_head';
import { insertAtCaret } from '../sql/editing';
import { errorPlace } from '../sql/error_place';
import { forget, historyText, parseHistory, remember, subscribe, type PastStatement } from '../sql/history';
import { AnswerCard, type Outcome } from './sql/answer_card';
import { Editor } from './sql/editor';
import { HistoryCard } from './sql/history_card';
import { fitsAddress } from './sql/sql_search';
import { TablesCard } from './sql/tables_card';
import './sql/sql.css';

const route = getRouteApi('/sql');

const firstStatement = `SELECT date, players, new_players, sessions, revenue
FROM days
ORDER BY date DESC
LIMIT 30`;

interface Run {
  sql: string;
  /** Tells two runs of the same statement apart. */
  number: number;
}

export function SqlPage() {
  const api = useApi();
  const project = useQuery(projectQuery(api)).data;
  const { sql: linked } = route.useSearch();
  const navigate = route.useNavigate();
  const field = useRef<HTMLTextAreaElement>(null);
  const [draft, setDraft] = useState(linked ?? firstStatement);
  // A link is the statement and its answer, so it is run at once, like the questions of other pages.
  const [run, setRun] = useState<Run | null>(linked === undefined ? null : { sql: linked, number: 0 });
  const { outcome, cancel } = useOutcome(run);
  const past = useHistory(project?.project, run, outcome);
  useEffect(() => {
    // The back button leads to another statement without leaving the page.
    if (linked === undefined || linked === run?.sql) return;
    setDraft(linked);
    setRun({ sql: linked, number: 0 });
    // oxlint-disable-next-line react/exhaustive-deps -- only a change of the address counts
  }, [linked]);

  const start = () => {
    const sql = draft.trim();
    if (sql === '') return;
    setRun({ sql: draft, number: (run?.number ?? 0) + 1 });
    void navigate({ search: ({ sql: _sql, ...rest }) => (fitsAddress(draft) ? { ...rest, sql: draft } : rest) });
  };
  const goTo = (offset: number) => {
    field.current?.focus();
    field.current?.setSelectionRange(offset, offset);
  };
  const bad = outcome.state === 'failed' && run?.sql === draft ? errorPlace(run.sql, outcome.error.message) : null;
  const timezone = project?.timezone ?? 'UTC';

  return (
    <>
      <PageHead
        title="SQL"
        detail="One SELECT of DuckDB's dialect on this project's own tables. Times are UTC; days are those of the project's time zone."
      />
      <div className="sql-grid">
        <section className="card sql-ask" aria-label="Statement">
          <Editor field={field} value={draft} onChange={setDraft} onRun={start} badLine={bad?.line ?? null} />
          <div className="sql-run">
            <button type="button" className="button primary" disabled={draft.trim() === ''} onClick={start}>
              Run
            </button>
            <span className="fine muted">
              Ctrl+Enter runs. {!fitsAddress(draft) && 'It is too long for an address: the link to this page will not hold it. '}
              Time, memory and rows have limits, the server&#39;s settings <code>sql.*</code>.
            </span>
          </div>
        </section>
        <AnswerCard
          key={run === null ? 'none' : `${run.number} ${run.sql}`}
          outcome={outcome}
          sql={run?.sql ?? ''}
          timezone={timezone}
          onCancel={cancel}
          onPlace={goTo}
        />
        <div className="sql-sides">
          <TablesCard onInsert={(text) => field.current && insertAtCaret(field.current, text)} />
          <HistoryCard
            past={past}
            timezone={timezone}
            onPick={(sql) => {
              setDraft(sql);
              field.current?.focus();
            }}
            onForget={() => project && forget(project.project)}
          />
        </div>
      </div>
    </>
  );
}

function outcomeOf(run: Run | null, { data, error, isFetching }: UseQueryResult<TimedAnswer>): Outcome {
  if (run === null) return { state: 'none' };
  if (isFetching) return { state: 'running' };
  if (data) return { state: 'answered', timed: data };
  return error ? { state: 'failed', error } : { state: 'stopped' };
}

function useOutcome(run: Run | null): { outcome: Outcome; cancel: () => void } {
  const queries = useQueryClient();
  const query = statementQuery(useApi(), run?.sql ?? '', run?.number ?? 0);
  const outcome = outcomeOf(run, useQuery({ ...query, enabled: run !== null }));
  return { outcome, cancel: () => void queries.cancelQueries({ queryKey: query.queryKey }) };
}

/** What was run, once its outcome is known. */
function useHistory(project: number | undefined, run: Run | null, outcome: Outcome): PastStatement[] {
  const text = useSyncExternalStore(subscribe, () => (project === undefined ? '' : historyText(project)));
  const rows = outcome.state === 'answered' ? outcome.timed.answer.row_count : null;
  const ended = !['none', 'running'].includes(outcome.state);
  useEffect(() => {
    if (project === undefined || run === null || !ended) return;
    remember(project, { sql: run.sql, at: new Date().toISOString(), rows });
  }, [project, run, ended, rows]);
  return useMemo(() => parseHistory(text), [text]);
}
