import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { liveQuery, rejectedQuery } from '../../api/queries';
import { sqlRowsQuery } from '../../api/sql';
import type { FeedEntry, LiveAnswer, RejectedAnswer, RejectedRow } from '../../api/types';
import { clockTime } from '../../format/dates';
import { formatNumber } from '../../format/numbers';
import { useApi } from '../../session/session';
import { arrivalsSince, beginning, languageStatement, markOf, type Arrivals, type Mark } from '../../setup/arrivals';
import { languageName } from '../../setup/senders';
import { reasonAdvice } from '../reason_advice';

const watchMs = 1500;

interface Props {
  timezone: string;
  /** The project had no event when the page was opened: then what is there already counts. */
  fromBeginning: boolean;
  /** Where to go on, once an event is here. */
  onDone: () => void;
}

/** Waits, and says what came: who sent it, and what was refused and why. */
export function ArrivalStep({ timezone, fromBeginning, onDone }: Props) {
  const api = useApi();
  const live = useQuery({ ...liveQuery(api), refetchInterval: watchMs });
  const rejected = useQuery({ ...rejectedQuery(api, undefined, undefined), refetchInterval: watchMs });
  const arrivals = useArrivals(live.data, rejected.data, fromBeginning);
  const failure = live.error ?? rejected.error;
  return (
    <li className={arrivals?.first ? 'is-done' : undefined} data-setup={arrivals?.first ? 'done' : 'waiting'}>
      <h2>{arrivals?.first ? 'The first event is here' : 'See it here'}</h2>
      <div role="status">
        {arrivals?.first ? (
          <First entry={arrivals.first} timezone={timezone} />
        ) : (
          <p className="waiting">
            <span className="pulse" aria-hidden="true" /> Waiting for an event. It shows up here within two seconds, and so does the
            reason if it is refused.
          </p>
        )}
      </div>
      {failure && <p className="field-problem">{failure.message}</p>}
      {arrivals && arrivals.refused.length > 0 && <Refused rows={arrivals.refused} timezone={timezone} />}
      {arrivals?.first && (
        <p className="test-event">
          <button type="button" className="button primary" onClick={onDone}>
            Show the dashboard
          </button>
          <span className="muted">{countOf(arrivals)}</span>
        </p>
      )}
    </li>
  );
}

function useArrivals(live: LiveAnswer | undefined, rejected: RejectedAnswer | undefined, fromBeginning: boolean): Arrivals | null {
  const [mark, setMark] = useState<Mark | null>(fromBeginning ? beginning : null);
  const [first, setFirst] = useState<FeedEntry | null>(null);
  if (!live || !rejected) return null;
  if (mark === null) {
    setMark(markOf(live, rejected));
    return null;
  }
  const arrivals = arrivalsSince(mark, live, rejected);
  // The live answer forgets; the first event stays the first.
  if (first === null && arrivals.first !== null) setFirst(arrivals.first);
  return { ...arrivals, first: first ?? arrivals.first };
}

const countOf = ({ events, refused }: Arrivals): string =>
  `${events >= 100 ? 'More than 100' : formatNumber(events, 'count')} ${events === 1 ? 'event' : 'events'} in the last half hour, ` +
  `${formatNumber(refused.length, 'count')} refused.`;

function First({ entry, timezone }: { entry: FeedEntry; timezone: string }) {
  const language = useQuery(sqlRowsQuery(useApi(), languageStatement(entry))).data?.rows[0]?.[0];
  const library = entry.properties?.['$lib'];
  const facts: [name: string, value: string | null | undefined][] = [
    ['Event', entry.event],
    ['Player', entry.player_id],
    ['Received', clockTime(entry.received_at, timezone)],
    ['Came from', typeof language === 'string' ? languageName(language) : null],
    ['Library', typeof library === 'string' ? `${library} ${String(entry.properties?.['$lib_version'] ?? '')}`.trim() : null],
    ['Platform', entry.platform],
    ['Build', entry.build],
    ['Country', entry.country],
  ];
  return (
    <dl className="setup-facts">
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd data-fact={name}>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

const listedMax = 5;

function Refused({ rows, timezone }: { rows: RejectedRow[]; timezone: string }) {
  return (
    <div className="setup-refused" role="alert">
      <h3>{rows.length === 1 ? 'One event was refused' : `${formatNumber(rows.length, 'count')} events were refused`}</h3>
      <ul>
        {rows.slice(0, listedMax).map((row, index) => (
          // Several events of one request share a log position.
          <li key={`${row.offset}-${rows.length - index}`} data-reason={row.reason}>
            <p>
              <code>{row.reason}</code>{' '}
              <span className="muted">
                from {languageName(row.source)} at {clockTime(row.received_at, timezone)}
              </span>
            </p>
            <p>{reasonAdvice(row.reason) ?? row.detail}</p>
            <p className="mono muted setup-raw">{row.raw}</p>
          </li>
        ))}
      </ul>
      <Link to="/rejected">All refused events</Link>
    </div>
  );
}
