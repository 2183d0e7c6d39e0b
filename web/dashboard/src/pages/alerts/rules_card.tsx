import { useQuery } from '@tanstack/react-query';
import { bodyOf, conditionText, rulesQuery, type Rule } from '../../alerts/alerts';
import type { ApiClient } from '../../api/client';
import { dateAndTime } from '../../format/dates';
import { formatNumber } from '../../format/numbers';
import { ConfirmButton } from '../../people/confirm_button';
import { Allowed, Listed, PeopleCard, PeopleTable, Refusal } from '../../people/parts';
import { useChange } from '../../people/people';
import { useApi, useMay } from '../../session/session';
import { NewRule } from './new_rule';

export function RulesCard({ timezone }: { timezone: string }) {
  const rules = useQuery(rulesQuery(useApi()));
  return (
    <PeopleCard title="Rules">
      <Listed rows={rules} empty="No metric is watched yet.">
        {(rows) => (
          <PeopleTable
            caption="Rules"
            columns={['Name', 'When', 'State', 'Last value', 'Change']}
            rows={rows}
            keyOf={({ id }) => id}
            cells={(rule) => [
              rule.name,
              `${rule.metric} of a ${rule.window} ${conditionText(rule.condition)}`,
              <State key="state" rule={rule} timezone={timezone} />,
              rule.state.value === null ? '–' : `${formatNumber(rule.state.value, 'count')} (${rule.state.period ?? ''})`,
              <Actions key="actions" rule={rule} />,
            ]}
          />
        )}
      </Listed>
      <Allowed action="manage_alerts">
        <NewRule />
      </Allowed>
    </PeopleCard>
  );
}

function State({ rule, timezone }: { rule: Rule; timezone: string }) {
  const { phase, since, not_judged: notJudged } = rule.state;
  if (!rule.enabled) return <span className="muted">switched off</span>;
  return (
    <>
      <b className={phase === 'firing' ? 'unexpected' : undefined} data-phase={phase}>
        {phase}
      </b>
      {since !== null && <span className="fine muted"> since {dateAndTime(since, timezone)}</span>}
      {notJudged !== null && <span className="fine muted"> not judged: {notJudged}</span>}
    </>
  );
}

function Actions({ rule }: { rule: Rule }) {
  const may = useMay();
  const path = `api/v1/alert-rules/${rule.id}`;
  const set = useChange((api: ApiClient, enabled: boolean) => api.put<Rule>(path, { ...bodyOf(rule), enabled }), undefined, 'alerts');
  const remove = useChange((api: ApiClient) => api.remove<void>(path), undefined, 'alerts');
  if (!may('manage_alerts')) return '–';
  return (
    <div className="row-actions">
      <button
        type="button"
        className="button quiet"
        aria-label={`${rule.enabled ? 'Switch off' : 'Switch on'}: ${rule.name}`}
        disabled={set.isPending}
        onClick={() => set.mutate(!rule.enabled)}
      >
        {rule.enabled ? 'Switch off' : 'Switch on'}
      </button>
      <ConfirmButton
        label="Remove"
        about={rule.name}
        question="End its alert and forget it?"
        disabled={remove.isPending}
        onConfirm={() => remove.mutate(undefined)}
      />
      <Refusal error={set.error ?? remove.error} />
    </div>
  );
}
