import { useQuery } from '@tanstack/react-query';
import { alertsQuery } from '../alerts/alerts';
import { projectQuery } from '../api/queries';
import { ApiError } from '../api/problem';
import { LoadFailure } from '../charts/chart_card';
import { Allowed } from '../people/parts';
import { useApi } from '../session/session';
import { PageHead } from '../shell/page_head';
import { AlertsCard } from './alerts/alerts_card';
import { ChannelsCard } from './alerts/channels_card';
import { DeliveriesCard } from './alerts/deliveries_card';
import { RulesCard } from './alerts/rules_card';
import '../people/people.css';
import './settings/settings.css';

/** Rules that watch metrics, what they have found, and who is told. */
export function AlertsPage() {
  const api = useApi();
  const alerts = useQuery(alertsQuery(api));
  const timezone = useQuery(projectQuery(api)).data?.timezone ?? 'UTC';
  const missing = alerts.error instanceof ApiError && alerts.error.status === 404;
  return (
    <>
      <PageHead
        title="Alerts"
        detail="A rule watches a metric; when its condition holds, its channels are told, and once more when it is over."
      />
      {missing ? (
        <section className="card">
          <p className="empty">This server has no alerts.</p>
        </section>
      ) : alerts.isError && alerts.data === undefined ? (
        <section className="card">
          <LoadFailure error={alerts.error} retry={() => void alerts.refetch()} />
        </section>
      ) : (
        <div className="settings-column">
          <AlertsCard alerts={alerts} timezone={timezone} />
          <RulesCard timezone={timezone} />
          <Allowed action="manage_alerts">
            <ChannelsCard />
            <DeliveriesCard timezone={timezone} />
          </Allowed>
        </div>
      )}
    </>
  );
}
