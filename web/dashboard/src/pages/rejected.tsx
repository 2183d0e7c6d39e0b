import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { projectQuery, rejectedPageSize, rejectedQuery } from '../api/queries';
import type { RejectedAnswer, RejectedRow } from '../api/types';
import { LoadFailure } from '../charts/chart_card';
import { dateAndTime } from '../format/dates';
import { formatNumber } from '../format/numbers';
import { SendAgain } from '../rejected/send_again';
import { useApi } from '../session/session';
import { PageHead } from '../shell/page_head';
import { reasonAdvice } from './reason_advice';

const route = getRouteApi('/rejected');

export function RejectedPage() {
  const api = useApi();
  const { reason, before } = route.useSearch();
  const result = useQuery(rejectedQuery(api, reason, before));
  const timezone = useQuery(projectQuery(api)).data?.timezone ?? 'UTC';
  return (
    <>
      <PageHead
        title="Rejected events"
        detail="Events that were refused are kept with the reason, and are in no number."
      />
      {result.data === undefined ? (
        <section className="card">
          {result.isError ? (
            <LoadFailure error={result.error} retry={() => void result.refetch()} />
          ) : (
            <div className="skeleton tall" role="status" aria-label="Loading" />
          )}
        </section>
      ) : refusedInAll(result.data) === 0 ? (
        <section className="card">
          <p className="empty">Nothing was refused. Every event that arrived so far is counted.</p>
        </section>
      ) : (
        <div className={`rejected-grid${result.isPlaceholderData ? ' is-stale' : ''}`}>
          <Reasons answer={result.data} chosen={reason} />
          <Rows answer={result.data} timezone={timezone} reason={reason} before={before} />
        </div>
      )}
    </>
  );
}

// `total` counts what the filter leaves; the reasons are always all.
const refusedInAll = (answer: RejectedAnswer): number => answer.reasons.reduce((sum, row) => sum + row.events, 0);

/** The reasons with their counts; each is a filter, and its own address. */
function Reasons({ answer, chosen }: { answer: RejectedAnswer; chosen: string | undefined }) {
  const most = Math.max(1, ...answer.reasons.map((row) => row.events));
  return (
    <nav className="card reasons" aria-label="Reasons">
      <ReasonLink label="All reasons" events={refusedInAll(answer)} share={1} reason={undefined} chosen={chosen} />
      {answer.reasons.map((row) => (
        <ReasonLink
          key={row.reason}
          label={row.reason}
          events={row.events}
          share={row.events / most}
          reason={row.reason}
          chosen={chosen}
        />
      ))}
    </nav>
  );
}

interface ReasonLinkProps {
  label: string;
  events: number;
  share: number;
  reason: string | undefined;
  chosen: string | undefined;
}

function ReasonLink({ label, events, share, reason, chosen }: ReasonLinkProps) {
  return (
    <Link
      to="/rejected"
      search={({ before: _before, reason: _reason, ...rest }) => (reason === undefined ? rest : { ...rest, reason })}
      activeOptions={{ exact: true, includeSearch: true }}
      className={`reason${reason === chosen ? ' is-chosen' : ''}`}
      data-reason={reason ?? ''}
    >
      <span className="bar-name">{label}</span>
      <span className="bar-value">{formatNumber(events, 'count')}</span>
      {reason !== undefined && (
        <svg className="bar-track" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
          <rect className="bar-fill" width={share * 100} height="4" />
        </svg>
      )}
    </Link>
  );
}

interface RowsProps {
  answer: RejectedAnswer;
  timezone: string;
  reason: string | undefined;
  before: number | undefined;
}

function Rows({ answer, timezone, reason, before }: RowsProps) {
  const { rows, next } = answer;
  const advice = reason === undefined ? null : reasonAdvice(reason);
  return (
    <section className="card rejected-rows" aria-labelledby="rejected-title">
      <header className="card-head">
        <h2 id="rejected-title">{reason ?? 'All reasons'}</h2>
        <span className="muted">{before === undefined ? 'newest first' : 'older page'}</span>
      </header>
      {advice && <p className="advice">{advice}</p>}
      {rows.length === 0 ? (
        <p className="empty">No events on this page.</p>
      ) : (
        rows.map((row, index) => (
          // Several events of one request share a log position.
          <Row key={`${row.offset}-${rows.length - index}`} row={row} timezone={timezone} />
        ))
      )}
      <nav className="paging" aria-label="Pages">
        {before !== undefined && (
          <Link className="button" to="/rejected" search={({ before: _before, ...rest }) => rest}>
            Newest
          </Link>
        )}
        {next !== null && rows.length > 0 && (
          <Link className="button" to="/rejected" search={(old) => ({ ...old, before: next })}>
            Next {rejectedPageSize} older
          </Link>
        )}
      </nav>
    </section>
  );
}

function Row({ row, timezone }: { row: RejectedRow; timezone: string }) {
  const [open, setOpen] = useState(false);
  return (
    <article className="rejected-row" data-offset={row.offset}>
      <button type="button" className="rejected-summary" aria-expanded={open} onClick={() => setOpen(!open)}>
        <time dateTime={row.received_at}>{dateAndTime(row.received_at, timezone)}</time>
        <code>{row.reason}</code>
        <span className="muted">{row.source}</span>
        <span className="rejected-detail">{row.detail}</span>
        <span className="rejected-raw mono">{row.raw}</span>
      </button>
      {open && (
        <div className="feed-details">
          <p className="fine muted">
            {[reasonAdvice(row.reason), `Log position ${row.offset}. The bytes as they were sent:`]
              .filter(Boolean)
              .join(' ')}
          </p>
          <pre tabIndex={0} role="region" aria-label="Raw bytes">
            <code>{row.raw}</code>
          </pre>
          <SendAgain row={row} />
        </div>
      )}
    </article>
  );
}
