import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { channelsQuery, type Channel, type Delivery } from '../../alerts/alerts';
import type { ApiClient } from '../../api/client';
import { Choice } from '../../insight/choice';
import { ConfirmButton } from '../../people/confirm_button';
import { Form, Listed, PeopleCard, PeopleTable, Refusal } from '../../people/parts';
import { useChange } from '../../people/people';
import { ShownOnce } from '../../people/shown_once';
import { useApi } from '../../session/session';
import { TextField } from '../../sign_in/text_field';

type MadeChannel = Channel & { secret?: string };

/** Who is told of an alert, and how. */
export function ChannelsCard() {
  const channels = useQuery(channelsQuery(useApi()));
  const [made, setMade] = useState<MadeChannel | null>(null);
  return (
    <PeopleCard title="Channels">
      {made?.secret && (
        <ShownOnce
          title={`Channel ${made.name} is made.`}
          note="Its messages are signed with this secret, which is shown this once."
          texts={[['Secret', made.secret]]}
          onClose={() => setMade(null)}
        />
      )}
      <Listed rows={channels} empty="Nobody is told of anything yet.">
        {(rows) => (
          <PeopleTable
            caption="Channels"
            columns={['Name', 'Kind', 'To', 'State', 'Change']}
            rows={rows}
            keyOf={({ id }) => id}
            cells={(channel) => [
              channel.name,
              channel.kind,
              <code key="to">{[channel.target].flat().join(' ')}</code>,
              channel.enabled ? 'on' : (channel.trouble ?? 'switched off'),
              <Actions key="actions" channel={channel} />,
            ]}
          />
        )}
      </Listed>
      <NewChannel onMade={setMade} />
    </PeopleCard>
  );
}

function Actions({ channel }: { channel: Channel }) {
  const path = `api/v1/channels/${channel.id}`;
  const test = useChange((api: ApiClient) => api.post<Delivery>(`${path}/test`, {}), undefined, 'alerts');
  const set = useChange((api: ApiClient, enabled: boolean) => api.patch<Channel>(path, { enabled }), undefined, 'alerts');
  const remove = useChange((api: ApiClient) => api.remove<void>(path), undefined, 'alerts');
  return (
    <div className="row-actions">
      <button
        type="button"
        className="button quiet"
        aria-label={`Send a test: ${channel.name}`}
        disabled={test.isPending || !channel.enabled}
        onClick={() => test.mutate(undefined)}
      >
        Send a test
      </button>
      <button
        type="button"
        className="button quiet"
        aria-label={`${channel.enabled ? 'Switch off' : 'Switch on'}: ${channel.name}`}
        disabled={set.isPending}
        onClick={() => set.mutate(!channel.enabled)}
      >
        {channel.enabled ? 'Switch off' : 'Switch on'}
      </button>
      <ConfirmButton label="Remove" about={channel.name} question="Tell it nothing more?" onConfirm={() => remove.mutate(undefined)} />
      <Refusal error={test.error ?? set.error ?? remove.error} />
    </div>
  );
}

const kinds: [kind: string, name: string][] = [
  ['webhook', 'webhook: a signed POST to your own server'],
  ['email', 'e-mail'],
];

function NewChannel({ onMade }: { onMade: (channel: MadeChannel) => void }) {
  const [kind, setKind] = useState('webhook');
  const [name, setName] = useState('');
  const [to, setTo] = useState('');
  const make = useChange(
    (api: ApiClient) =>
      api.post<MadeChannel>('api/v1/channels', {
        kind,
        name: name.trim(),
        ...(kind === 'email' ? { to: to.split(/[\s,]+/).filter(Boolean) } : { url: to.trim() }),
      }),
    (made) => {
      setName('');
      setTo('');
      onMade(made);
    },
    'alerts',
  );
  return (
    <Form label="New channel" onSubmit={() => make.mutate(undefined)}>
      <TextField label="Name" value={name} onChange={setName} autoComplete="off" placeholder="ops" />
      <Choice label="Kind" value={kind} choices={kinds} onChange={setKind} />
      <TextField
        label={kind === 'email' ? 'Addresses' : 'URL'}
        value={to}
        onChange={setTo}
        autoComplete="off"
        placeholder={kind === 'email' ? 'ops@studio.example' : 'https://hooks.example/gamemetrics'}
      />
      <button type="submit" className="button" disabled={make.isPending || name.trim() === '' || to.trim() === ''}>
        Make the channel
      </button>
      <Refusal error={make.error} />
    </Form>
  );
}
