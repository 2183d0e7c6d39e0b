import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { eventListQuery, eventNamesMax, hasSchemaQuery, violationsQuery } from '../api/schema';
import type { Project } from '../api/types';
import { LoadFailure } from '../charts/chart_card';
import type { EventOrder, EventsSearch } from '../events/events_search';
import { violationsByEvent } from '../events/shapes';
import { formatNumber } from '../format/numbers';
import { Choice } from '../insight/choice';
import { useApi } from '../session/session';
import { PageHead } from '../shell/page_head';
import { EventDetails } from './events/event_details';
import { EventTable } from './events/event_table';
import { ViolationsCard } from './events/violations_card';
import { NeedsEvents } from './needs_events';
import './events/events.css';

const route = getRouteApi('/event-manager');

export function EventsPage() {
  return <NeedsEvents title="Events">{(project) => <Events project={project} />}</NeedsEvents>;
}

function Events({ project }: { project: Project }) {
  const api = useApi();
  const search = route.useSearch();
  const list = useQuery(eventListQuery(api));
  const offered = useQuery(hasSchemaQuery(api));
  const violations = useQuery({ ...violationsQuery(api), enabled: offered.data === true });
  const failed = [offered, violations].find((result) => result.isError && result.data === undefined);
  const names = (list.data ?? []).filter(({ event }) => event.toLowerCase().includes((search.q ?? '').toLowerCase()));
  return (
    <>
      <PageHead title="Events" detail="Every name that was counted, and what its properties hold." />
      {violations.data && (
        <ViolationsCard violations={violations.data.violations} total={violations.data.total} timezone={project.timezone} />
      )}
      {failed?.error && (
        <section className="card">
          <LoadFailure error={failed.error} retry={() => void failed.refetch()} />
        </section>
      )}
      <div className={`events-grid${search.event ? ' has-details' : ''}`}>
        <section className="card event-list" aria-label="Names">
          <ListHead search={search} count={list.data ? names.length : null} />
          {list.data === undefined ? (
            list.isError ? (
              <LoadFailure error={list.error} retry={() => void list.refetch()} />
            ) : (
              <div className="skeleton tall" role="status" aria-label="Loading" />
            )
          ) : names.length === 0 ? (
            <p className="empty">No event has a name that holds this text.</p>
          ) : (
            <EventTable
              events={names}
              order={search.order ?? 'events'}
              chosen={search.event}
              violations={violations.data ? violationsByEvent(violations.data.violations) : null}
            />
          )}
          {list.data?.length === eventNamesMax && (
            <p className="fine muted events-more">The {formatNumber(eventNamesMax, 'count')} most frequent names.</p>
          )}
        </section>
        {search.event !== undefined && offered.data !== undefined && (
          <EventDetails key={search.event} event={search.event} registry={offered.data} />
        )}
      </div>
    </>
  );
}

function ListHead({ search, count }: { search: EventsSearch; count: number | null }) {
  const navigate = route.useNavigate();
  const update = (change: Partial<Record<keyof EventsSearch, string | undefined>>) =>
    void navigate({ search: (old) => ({ ...old, ...change }) as EventsSearch, replace: true, resetScroll: false });
  return (
    <header className="card-head">
      <input
        type="search"
        className="field compact"
        value={search.q ?? ''}
        onChange={(event) => update({ q: event.target.value || undefined })}
        placeholder="Search names"
        aria-label="Search events by name"
        autoCapitalize="none"
        spellCheck={false}
      />
      <p className="muted fine" role="status">
        {count !== null && (
          <>
            <b data-total={count}>{formatNumber(count, 'count')}</b> {count === 1 ? 'name' : 'names'}
          </>
        )}
      </p>
      <div className="card-tools">
        <Choice
          label="Order"
          value={search.order ?? 'events'}
          choices={orderNames}
          onChange={(order) => update({ order: order === 'events' ? undefined : order })}
        />
      </div>
    </header>
  );
}

const orderNames: [EventOrder, string][] = [
  ['events', 'Most frequent'],
  ['event', 'By name'],
  ['last', 'Last seen'],
];
