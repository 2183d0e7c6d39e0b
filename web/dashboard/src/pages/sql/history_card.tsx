import { dateAndTime } from '../../format/dates';
import { formatNumber } from '../../format/numbers';
import type { PastStatement } from '../../sql/history';

interface Props {
  past: PastStatement[];
  timezone: string;
  onPick: (sql: string) => void;
  onForget: () => void;
}

/** Statements of this browser; picking one brings it back into the field without running it. */
export function HistoryCard({ past, timezone, onPick, onForget }: Props) {
  return (
    <section className="card sql-side" aria-labelledby="sql-history-title">
      <header className="card-head">
        <h2 id="sql-history-title">History</h2>
        {past.length > 0 && (
          <button type="button" className="button quiet" onClick={onForget}>
            Forget all
          </button>
        )}
      </header>
      {past.length === 0 ? (
        <p className="fine muted">Statements that were run are kept in this browser, and nowhere else.</p>
      ) : (
        <ol className="sql-past">
          {past.map(({ sql, at, rows }) => (
            <li key={sql}>
              <button type="button" onClick={() => onPick(sql)}>
                <span className="mono">{sql.replaceAll(/\s+/g, ' ')}</span>
                <span className="fine muted">
                  {dateAndTime(at, timezone)} · {rows === null ? 'no answer' : `${formatNumber(rows, 'count')} rows`}
                </span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
