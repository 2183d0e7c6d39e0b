import { Link } from '@tanstack/react-router';
import type { EventName } from '../../api/schema';
import { DataTable } from '../../charts/data_table';
import { shortDate } from '../../format/dates';
import { formatNumber } from '../../format/numbers';
import type { EventOrder } from '../../events/events_search';

interface Props {
  events: EventName[];
  order: EventOrder;
  chosen: string | undefined;
  /** Values that were not expected, by event; null: nobody knows. */
  violations: Map<string, number> | null;
}

const listedMax = 500;

const comparisons: Record<EventOrder, (a: EventName, b: EventName) => number> = {
  events: (a, b) => b.events - a.events,
  event: (a, b) => a.event.localeCompare(b.event),
  last: (a, b) => b.lastDay.localeCompare(a.lastDay) || b.events - a.events,
};

export function EventTable({ events, order, chosen, violations }: Props) {
  const total = events.reduce((sum, entry) => sum + entry.events, 0);
  const shown = events.toSorted(comparisons[order]).slice(0, listedMax);
  return (
    <>
      <DataTable
        caption="Events of the project"
        columns={[
          { label: 'Event' },
          { label: 'Events', numeric: true },
          { label: 'Share', numeric: true },
          { label: 'First day' },
          { label: 'Last day' },
          ...(violations ? [{ label: 'Unexpected', numeric: true }] : []),
        ]}
        rows={shown.map((entry) => ({
          key: entry.event,
          cells: [
            <EventLink key="name" event={entry.event} chosen={entry.event === chosen} />,
            formatNumber(entry.events, 'count'),
            formatNumber(entry.events / Math.max(1, total), 'share'),
            shortDate(entry.firstDay),
            shortDate(entry.lastDay),
            ...(violations ? [<Unexpected key="unexpected" values={violations.get(entry.event) ?? 0} />] : []),
          ],
        }))}
      />
      {shown.length < events.length && (
        <p className="fine muted events-more">
          {formatNumber(listedMax, 'count')} of {formatNumber(events.length, 'count')} names are listed; search to see others.
        </p>
      )}
    </>
  );
}

const EventLink = ({ event, chosen }: { event: string; chosen: boolean }) => (
  <Link
    from="/event-manager"
    to="/event-manager"
    search={(old) => ({ ...old, event })}
    resetScroll={false}
    className={chosen ? 'is-chosen' : undefined}
    data-event={event}
  >
    {event}
  </Link>
);

const Unexpected = ({ values }: { values: number }) =>
  values === 0 ? '–' : <span className="unexpected">{formatNumber(values, 'count')}</span>;
