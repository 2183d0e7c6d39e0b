import { Link } from '@tanstack/react-router';
import type { Violation } from '../../api/schema';
import { DataTable } from '../../charts/data_table';
import { dateAndTime } from '../../format/dates';
import { formatNumber } from '../../format/numbers';

interface Props {
  violations: Violation[];
  total: number;
  timezone: string;
}

/** Values of a type that was not expected. The events are counted all the same. */
export function ViolationsCard({ violations, total, timezone }: Props) {
  return (
    <section className="card chart-card wide" aria-labelledby="violations-title" data-chart="violations">
      <header className="card-head">
        <h2 id="violations-title">Unexpected values</h2>
        {total > violations.length && (
          <span className="fine muted">
            {formatNumber(violations.length, 'count')} of {formatNumber(total, 'count')} lines
          </span>
        )}
      </header>
      <div className="card-body">
        {violations.length === 0 ? (
          <p className="empty">
            No value has a type that was not expected. Choose an event and expect a type of its properties to have them watched.
          </p>
        ) : (
          <DataTable
            caption="Values of a type that was not expected"
            columns={[
              { label: 'Event' },
              { label: 'Property' },
              { label: 'Expected' },
              { label: 'Got' },
              { label: 'Values', numeric: true },
              { label: 'Such as' },
              { label: 'Last' },
            ]}
            rows={violations.map((line) => ({
              key: `${line.event} ${line.property} ${line.got}`,
              cells: [
                <Link
                  key="event"
                  from="/event-manager"
                  to="/event-manager"
                  search={(old) => ({ ...old, event: line.event })}
                  resetScroll={false}
                >
                  {line.event}
                </Link>,
                <code key="property">{line.property}</code>,
                line.expected.join(', '),
                <span key="got" className="unexpected">
                  {line.got}
                </span>,
                formatNumber(line.values, 'count'),
                <code key="sample">{line.sample}</code>,
                dateAndTime(line.last_seen_at, timezone),
              ],
            }))}
          />
        )}
      </div>
    </section>
  );
}
