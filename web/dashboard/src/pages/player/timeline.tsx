import { useState } from 'react';
import type { FeedEntry, Project } from '../../api/types';
import { clockTime, dateAndTime, dateIn, longDate } from '../../format/dates';
import { formatNumber } from '../../format/numbers';
import { duration, groupEvents, matchesWords, pauseMinutes, type EventGroup } from '../../players/event_groups';
import { useShortcuts } from '../../shell/shortcuts';

interface Props {
  project: Project;
  events: FeedEntry[] | undefined;
  words: string;
  onWords: (words: string) => void;
  /** Reads older events; null when the first event of the player is here. */
  more: (() => void) | null;
  loading: boolean;
}

export function Timeline({ project, events, words, onWords, more, loading }: Props) {
  useShortcuts({ '/': () => document.querySelector<HTMLInputElement>('.timeline input')?.focus() });
  const groups = events && groupEvents(events);
  const shown = groups
    ?.map((group) => ({ ...group, matching: group.events.filter((event) => matchesWords(event, words)) }))
    .filter((group) => group.matching.length > 0);
  const matching = shown?.reduce((sum, group) => sum + group.matching.length, 0) ?? 0;
  return (
    <section className="card timeline" aria-labelledby="timeline-title" data-timeline={events?.length}>
      <header className="card-head">
        <h2 id="timeline-title">Timeline</h2>
        {events && (
          <p className="fine muted" role="status">
            {words === ''
              ? `${formatNumber(events.length, 'count')} events read`
              : `${formatNumber(matching, 'count')} of the ${formatNumber(events.length, 'count')} events read match`}
          </p>
        )}
        <div className="card-tools">
          <input
            type="search"
            className="field compact"
            value={words}
            onChange={(event) => onWords(event.target.value)}
            placeholder="Filter events"
            aria-label="Filter the timeline"
            title="Shortcut: /"
            autoCapitalize="none"
            spellCheck={false}
          />
        </div>
      </header>
      <p className="advice">
        Newest first, in {project.timezone}. A group ends after {pauseMinutes} minutes without an event, or where the
        game starts a session.
      </p>
      {shown === undefined ? (
        <div className="skeleton tall" role="status" aria-label="Loading" />
      ) : (
        shown.map((group) => (
          <Group
            key={group.startedAt}
            group={group}
            events={group.matching}
            project={project}
            cut={more !== null && group.startedAt === groups?.at(-1)?.startedAt}
          />
        ))
      )}
      {shown?.length === 0 && <p className="empty">No event that has been read holds these words.</p>}
      <div className="paging">
        {more && (
          <button type="button" className="button" onClick={more} disabled={loading}>
            {loading ? 'Reading…' : 'Read older events'}
          </button>
        )}
        {events && !more && <p className="fine muted">This is where the player’s events begin.</p>}
      </div>
    </section>
  );
}

interface GroupProps {
  group: EventGroup;
  events: FeedEntry[];
  project: Project;
  /** The oldest one that has been read may have begun before: neither its length nor its count is known yet. */
  cut: boolean;
}

function Group({ group, events, project, cut }: GroupProps) {
  const day = longDate(dateIn(project.timezone, new Date(group.startedAt)));
  const count = group.events.length;
  return (
    <section
      className="event-group"
      aria-label={`${day}, ${clockTime(group.startedAt, project.timezone)}`}
      data-group=""
    >
      <h3>
        <time dateTime={group.startedAt}>
          {day}, {clockTime(group.startedAt, project.timezone)}
        </time>
        <span>
          {cut
            ? 'may go on in older events'
            : `${duration(group.startedAt, group.endedAt)} · ${formatNumber(count, 'count')} ${count === 1 ? 'event' : 'events'}`}
        </span>
      </h3>
      <ol>
        {events.map((event, index) => (
          // Events of one moment have nothing else that tells them apart; the list only grows at its end.
          <Entry key={`${event.time}-${event.event}-${events.length - index}`} event={event} project={project} />
        ))}
      </ol>
    </section>
  );
}

function Entry({ event, project }: { event: FeedEntry; project: Project }) {
  const [open, setOpen] = useState(false);
  const { timezone } = project;
  return (
    <li>
      <button type="button" className="entry" aria-expanded={open} onClick={() => setOpen(!open)}>
        <time dateTime={event.time}>{clockTime(event.time, timezone)}</time>
        <span className="feed-event">{event.event}</span>
        <span className="entry-properties mono">{summary(event.properties)}</span>
        <span className="feed-revenue">
          {event.revenue == null ? '' : formatNumber(event.revenue, 'money', event.currency ?? '')}
        </span>
      </button>
      {open && (
        <div className="feed-details">
          <p className="fine muted">
            Happened {dateAndTime(event.time, timezone)}, received {dateAndTime(event.received_at, timezone)}
          </p>
          <pre tabIndex={0} role="region" aria-label="Event as JSON">
            <code>{JSON.stringify(event, null, 2)}</code>
          </pre>
        </div>
      )}
    </li>
  );
}

const summary = (properties: FeedEntry['properties']): string =>
  Object.entries(properties ?? {})
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
