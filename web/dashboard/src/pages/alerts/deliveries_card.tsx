import { useQuery } from '@tanstack/react-query';
import { channelsQuery, deliveriesQuery } from '../../alerts/alerts';
import { dateAndTime } from '../../format/dates';
import { Listed, PeopleCard, PeopleTable } from '../../people/parts';
import { useApi } from '../../session/session';

/** What was sent, what waits for another attempt, and what was given up with its reason. */
export function DeliveriesCard({ timezone }: { timezone: string }) {
  const api = useApi();
  const deliveries = useQuery(deliveriesQuery(api));
  const names = new Map((useQuery(channelsQuery(api)).data ?? []).map(({ id, name }) => [id, name]));
  return (
    <PeopleCard title="Messages">
      <Listed rows={deliveries} empty="Nothing was sent yet.">
        {(rows) => (
          <PeopleTable
            caption="Messages"
            columns={['When', 'Channel', 'What', 'State', 'Attempts', 'Reason']}
            rows={rows}
            keyOf={({ id }) => id}
            cells={(delivery) => [
              dateAndTime(delivery.created_at, timezone),
              names.get(delivery.channel) ?? delivery.channel,
              delivery.type,
              <span key="state" data-delivery={delivery.state}>
                {delivery.state}
              </span>,
              String(delivery.attempts),
              delivery.reason ?? '–',
            ]}
          />
        )}
      </Listed>
    </PeopleCard>
  );
}
