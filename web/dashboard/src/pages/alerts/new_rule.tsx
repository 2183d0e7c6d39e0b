import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { channelsQuery, ruleOfForm, windows, type Preview, type Rule, type RuleBody, type RuleForm } from '../../alerts/alerts';
import type { ApiClient } from '../../api/client';
import { catalogueQuery } from '../../api/queries';
import { Choice } from '../../insight/choice';
import { Form, Refusal } from '../../people/parts';
import { useChange } from '../../people/people';
import { useApi } from '../../session/session';
import { TextField } from '../../sign_in/text_field';

const empty: RuleForm = { name: '', metric: 'dau', window: 'day', kind: 'threshold', side: 'below', amount: '', hours: '0', channels: [] };
const kinds: [RuleForm['kind'], string][] = [
  ['threshold', 'lies beyond a number'],
  ['change', 'changes by more than so many percent'],
  ['anomaly', 'is far from what the weeks before had'],
];
const sides: [RuleForm['side'], string][] = [
  ['below', 'below, or a fall'],
  ['above', 'above, or a rise'],
  ['both', 'both'],
];

/** A rule in the making; what it would say now can be seen before it is made. */
export function NewRule() {
  const [form, setForm] = useState(empty);
  const [problem, setProblem] = useState<string | null>(null);
  const preview = useChange((api: ApiClient, rule: RuleBody) => api.post<Preview>('api/v1/alert-rules/preview', rule), undefined, 'alerts');
  const make = useChange(
    (api: ApiClient, rule: RuleBody) => api.post<Rule>('api/v1/alert-rules', rule),
    () => {
      setForm(empty);
      preview.reset();
    },
    'alerts',
  );
  const send = (to: typeof make | typeof preview) => {
    const read = ruleOfForm(form);
    setProblem('problem' in read ? read.problem : null);
    if ('rule' in read) to.mutate(read.rule);
  };
  return (
    <Form label="New rule" onSubmit={() => send(make)}>
      <Fields form={form} onChange={setForm} />
      <button type="button" className="button" disabled={preview.isPending} onClick={() => send(preview)}>
        What would it say now?
      </button>
      <button type="submit" className="button primary" disabled={make.isPending}>
        Make the rule
      </button>
      {problem && (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
      <Refusal error={make.error ?? preview.error} />
      {preview.data && (
        <p role="status" className="fine" data-preview={preview.data.holds}>
          {preview.data.summary ?? preview.data.not_judged ?? (preview.data.holds ? 'It would fire.' : 'It would be quiet.')}
        </p>
      )}
    </Form>
  );
}

function Fields({ form, onChange }: { form: RuleForm; onChange: (form: RuleForm) => void }) {
  const metrics = useQuery(catalogueQuery(useApi())).data?.metrics ?? [];
  const set = (change: Partial<RuleForm>) => onChange({ ...form, ...change });
  return (
    <>
      <TextField label="Name" value={form.name} onChange={(name) => set({ name })} autoComplete="off" placeholder="Fewer players" />
      <Choice
        label="Metric"
        value={form.metric}
        choices={metrics.map(({ name, title }) => [name, title])}
        onChange={(metric) => set({ metric })}
      />
      <Choice
        label="Of each"
        value={form.window}
        choices={windows.map((one) => [one, one])}
        onChange={(window) => set({ window: window as RuleForm['window'] })}
      />
      <Choice label="When it" value={form.kind} choices={kinds} onChange={(kind) => set({ kind: kind as RuleForm['kind'] })} />
      <Choice
        label="To which side"
        value={form.side}
        choices={form.kind === 'threshold' ? sides.slice(0, 2) : sides}
        onChange={(side) => set({ side: side as RuleForm['side'] })}
      />
      {form.kind !== 'anomaly' && (
        <TextField
          label={form.kind === 'change' ? 'Percent' : 'Number'}
          value={form.amount}
          onChange={(amount) => set({ amount })}
          autoComplete="off"
          numeric
        />
      )}
      <TextField label="For so many hours" value={form.hours} onChange={(hours) => set({ hours })} autoComplete="off" numeric />
      <Told chosen={form.channels} onChange={(channels) => set({ channels })} />
    </>
  );
}

function Told({ chosen, onChange }: { chosen: string[]; onChange: (channels: string[]) => void }) {
  const channels = useQuery(channelsQuery(useApi())).data ?? [];
  return (
    <fieldset className="scopes">
      <legend>Told</legend>
      {channels.length === 0 && <span className="fine muted">Nobody yet: make a channel below.</span>}
      {channels.map(({ id, name }) => (
        <label key={id}>
          <input
            type="checkbox"
            checked={chosen.includes(id)}
            onChange={(event) => onChange(event.target.checked ? [...chosen, id] : chosen.filter((one) => one !== id))}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
