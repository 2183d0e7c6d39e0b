import { memo, useCallback, useEffect, useRef, useState } from 'react';
import type { FeedEntry, Project } from '../../api/types';
import { clockTime, dateAndTime } from '../../format/dates';
import { formatNumber } from '../../format/numbers';
import { heldEntriesMax, type FeedState, type FeedStatus } from '../../live/live_feed';
import { matchesFilter, type FeedItem } from '../../live/merge';
import { PauseIcon, PlayIcon } from '../../shell/icons';
import { useShortcuts } from '../../shell/shortcuts';

const rowsMax = 200;

interface Props {
  project: Project;
  feed: FeedState;
  filter: string;
  onFilter: (filter: string) => void;
}

export function FeedCard({ project, feed, filter, onFilter }: Props) {
  // While paused, the list of that moment stays; the stream goes on behind it.
  const [frozen, setFrozen] = useState<FeedItem[] | null>(null);
  const [openId, setOpenId] = useState<number | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const toggle = () => setFrozen(frozen ? null : feed.items);
  const toggleRow = useCallback((id: number) => setOpenId((open) => (open === id ? null : id)), []);
  useShortcuts({ p: toggle, '/': () => field.current?.focus() });

  const newestShown = frozen?.[0]?.id ?? 0;
  const waiting = frozen ? feed.items.filter((item) => item.id > newestShown).length : 0;
  const shown = (frozen ?? feed.items).filter((item) => matchesFilter(item.entry, filter)).slice(0, rowsMax);

  return (
    <section className="card feed" aria-labelledby="feed-title">
      <header className="card-head">
        <h2 id="feed-title">Event feed</h2>
        <StreamStatus status={feed.status} paused={frozen !== null} />
        <div className="card-tools">
          <label className="sr-only" htmlFor="feed-filter">
            Filter events
          </label>
          <input
            id="feed-filter"
            ref={field}
            className="field compact"
            type="search"
            placeholder="Filter: event, player, country…"
            value={filter}
            onChange={(event) => onFilter(event.target.value)}
          />
          <button type="button" className="button" aria-pressed={frozen !== null} onClick={toggle} title="Shortcut: p">
            {frozen ? <PlayIcon /> : <PauseIcon />}
            {frozen
              ? waiting > 0
                ? `Resume (${formatNumber(waiting, 'count')}${waiting >= heldEntriesMax ? '+' : ''} new)`
                : 'Resume'
              : 'Pause'}
          </button>
        </div>
      </header>
      {shown.length === 0 ? (
        <p className="empty">
          {filter === ''
            ? 'No events yet. They appear here the moment they are stored.'
            : 'No event of the feed matches the filter.'}
        </p>
      ) : (
        <ol className="feed-list" aria-label="Events, newest first">
          {shown.map((item) => (
            <FeedRow
              key={item.id}
              item={item}
              project={project}
              open={openId === item.id}
              onToggle={toggleRow}
            />
          ))}
        </ol>
      )}
    </section>
  );
}

interface RowProps {
  item: FeedItem;
  project: Project;
  open: boolean;
  onToggle: (id: number) => void;
}

/** Most rows stay as they are while new ones come above them. */
const FeedRow = memo(function FeedRow({ item: { id, entry }, project, open, onToggle }: RowProps) {
  return (
    <li>
      <button
        type="button"
        className="feed-row"
        aria-expanded={open}
        aria-controls={open ? `feed-${id}` : undefined}
        onClick={() => onToggle(id)}
      >
        <time dateTime={entry.received_at}>{clockTime(entry.received_at, project.timezone)}</time>
        <span className="feed-event">{entry.event}</span>
        <span className="feed-player mono">{entry.player_id}</span>
        <span className="feed-facts muted">
          {[entry.country, entry.platform, entry.build].filter(Boolean).join(' · ')}
        </span>
        <span className="feed-revenue">
          {entry.revenue ? formatNumber(entry.revenue, 'money', entry.currency ?? project.currency) : ''}
        </span>
      </button>
      {open && <Details id={`feed-${id}`} entry={entry} project={project} />}
    </li>
  );
});

function Details({ id, entry, project }: { id: string; entry: FeedEntry; project: Project }) {
  return (
    <div className="feed-details" id={id}>
      <p className="fine muted">
        Happened {dateAndTime(entry.time, project.timezone)}, received{' '}
        {dateAndTime(entry.received_at, project.timezone)} ({project.timezone})
      </p>
      <pre tabIndex={0} role="region" aria-label="Event as JSON">
        <code>{JSON.stringify(entry, null, 2)}</code>
      </pre>
    </div>
  );
}

function StreamStatus({ status, paused }: { status: FeedStatus; paused: boolean }) {
  return (
    <span className={`stream-status is-${status.kind}`} role="status" data-stream={status.kind}>
      <span className="dot" aria-hidden="true" />
      {status.kind === 'open' && (paused ? 'Connected, paused' : 'Connected')}
      {status.kind === 'connecting' && 'Connecting…'}
      {status.kind === 'waiting' && <Countdown until={status.retryAt} reason={status.reason} />}
      {status.kind === 'refused' && `Stopped: ${status.error.message}`}
    </span>
  );
}

function Countdown({ until, reason }: { until: number; reason: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span title={reason}>{`Disconnected, trying again in ${Math.max(1, Math.ceil((until - now) / 1000))} s`}</span>
  );
}
