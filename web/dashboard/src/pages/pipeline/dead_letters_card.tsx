import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { rejectedQuery } from '../../api/queries';
import { LoadFailure } from '../../charts/chart_card';
import { formatNumber } from '../../format/numbers';
import { useApi } from '../../session/session';
import { reasonAdvice } from '../reason_advice';

/** Why events of this project were refused, each reason with the way out and the way to the events themselves. */
export function DeadLettersCard() {
  const answer = useQuery(rejectedQuery(useApi(), undefined, undefined));
  const reasons = answer.data?.reasons ?? [];
  return (
    <section className="card chart-card" aria-labelledby="dead-letters-title" data-chart="dead-letters">
      <header className="card-head">
        <h2 id="dead-letters-title">Why events were refused</h2>
        {reasons.length > 0 && (
          <div className="card-tools">
            <Link className="button quiet" to="/rejected">
              All refused events
            </Link>
          </div>
        )}
      </header>
      <div className="card-body">
        {answer.data === undefined ? (
          answer.isError ? (
            <LoadFailure error={answer.error} retry={() => void answer.refetch()} />
          ) : (
            <div className="skeleton" role="status" aria-label="Loading" />
          )
        ) : reasons.length === 0 ? (
          <p className="empty">Nothing was refused.</p>
        ) : (
          <ul className="dead-letters">
            {reasons.map(({ reason, events }) => (
              <li key={reason} data-reason={reason}>
                <Link to="/rejected" search={{ reason }}>
                  {reason}
                </Link>
                <b>{formatNumber(events, 'count')}</b>
                <span className="fine muted">{reasonAdvice(reason)}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
