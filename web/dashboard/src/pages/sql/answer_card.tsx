import { useEffect, useState } from 'react';
import type { TimedAnswer } from '../../api/sql';
import { ApiError } from '../../api/problem';
import { clockTime } from '../../format/dates';
import { spanOfWork } from '../../format/durations';
import { formatNumber, formatUnit } from '../../format/numbers';
import { errorPlace } from '../../sql/error_place';
import { Downloads } from './downloads';
import { ResultTable } from './result_table';

/** What became of the last run. */
export type Outcome =
  | { state: 'none' }
  | { state: 'running' }
  | { state: 'stopped' }
  | { state: 'failed'; error: Error }
  | { state: 'answered'; timed: TimedAnswer };

interface Props {
  outcome: Outcome;
  sql: string;
  timezone: string;
  onCancel: () => void;
  onPlace: (offset: number) => void;
}

export function AnswerCard({ outcome, sql, timezone, onCancel, onPlace }: Props) {
  return (
    <section className="card sql-answer" aria-labelledby="sql-answer-title" data-sql-state={outcome.state}>
      <header className="card-head">
        <h2 id="sql-answer-title">Answer</h2>
        <p className="muted fine" role="status">
          {outcome.state === 'answered' && <Summary timed={outcome.timed} timezone={timezone} />}
          {outcome.state === 'stopped' && 'Stopped.'}
          {outcome.state === 'running' && 'Running…'}
        </p>
        {outcome.state === 'running' && <Running onCancel={onCancel} />}
        {hasFiles(outcome) && <Downloads sql={sql} />}
      </header>
      {outcome.state === 'none' && (
        <p className="empty">Write a SELECT and press Ctrl+Enter. It reads this project&#39;s rows and changes nothing.</p>
      )}
      {outcome.state === 'failed' && <Refusal error={outcome.error} sql={sql} onPlace={onPlace} />}
      {outcome.state === 'answered' && <ResultTable answer={outcome.timed.answer} />}
    </section>
  );
}

/** An answer that is too long for a page is not too long for a file. */
const hasFiles = (outcome: Outcome): boolean =>
  outcome.state === 'answered' ||
  (outcome.state === 'failed' && outcome.error instanceof ApiError && outcome.error.code === 'gm-sql-too-large');

function Summary({ timed: { answer, ms }, timezone }: { timed: TimedAnswer; timezone: string }) {
  return (
    <>
      <b data-rows={answer.row_count}>{formatNumber(answer.row_count, 'count')}</b> {answer.row_count === 1 ? 'row' : 'rows'} in{' '}
      {spanOfWork(ms)}, as of {clockTime(answer.as_of, timezone)}
    </>
  );
}

function Running({ onCancel }: { onCancel: () => void }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((passed) => passed + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="card-tools">
      {/* Not in the status: it would be read aloud each second. */}
      <span className="muted fine">{formatUnit(seconds, 'second')}</span>
      <button type="button" className="button" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}

interface RefusalProps {
  error: Error;
  sql: string;
  onPlace: (offset: number) => void;
}

function Refusal({ error, sql, onPlace }: RefusalProps) {
  const problem = error instanceof ApiError ? error : null;
  const place = errorPlace(sql, error.message);
  return (
    <div className="sql-refusal" role="alert">
      <p>{place ? place.sentence : error.message}</p>
      <p className="fine muted">
        {place && (
          <button type="button" className="button" onClick={() => onPlace(place.offset)}>
            Go to line {place.line}, column {place.column}
          </button>
        )}
        {problem && <code>{problem.code}</code>}
        {problem?.traceId && <span>trace {problem.traceId}</span>}
      </p>
    </div>
  );
}
