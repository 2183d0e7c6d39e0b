import type { UseQueryResult } from '@tanstack/react-query';
import type { Alert } from '../../alerts/alerts';
import { dateAndTime } from '../../format/dates';
import { Listed, PeopleCard, PeopleTable } from '../../people/parts';

/** From their beginning to their end, the newest first. */
export function AlertsCard({ alerts, timezone }: { alerts: UseQueryResult<Alert[]>; timezone: string }) {
  return (
    <PeopleCard title="Alerts">
      <Listed rows={alerts} empty="Nothing has been out of order.">
        {(rows) => (
          <PeopleTable
            caption="Alerts"
            columns={['State', 'Rule', 'What', 'Began', 'Over']}
            rows={rows}
            keyOf={({ id }) => id}
            cells={(alert) => [
              <b key="state" className={alert.state === 'firing' ? 'unexpected' : undefined} data-alert={alert.state}>
                {alert.state}
              </b>,
              alert.rule_name,
              alert.summary,
              dateAndTime(alert.started_at, timezone),
              alert.ended_at === null ? '–' : dateAndTime(alert.ended_at, timezone),
            ]}
          />
        )}
      </Listed>
    </PeopleCard>
  );
}
