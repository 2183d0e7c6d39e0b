import { useState } from 'react';
import type { ApiClient } from '../api/client';
import { Choice } from '../insight/choice';
import type { Organisation } from '../session/person';
import { TextField } from '../sign_in/text_field';
import { Form, Refusal } from './parts';
import { useChange, type OwnedProject } from './people';

interface Props {
  /** Those where one may make a project; never none. */
  organisations: Organisation[];
  onMade: () => void;
}

export function NewProjectForm({ organisations, onMade }: Props) {
  const [organisation, setOrganisation] = useState(String(organisations[0]?.id));
  const [name, setName] = useState('');
  const [zone, setZone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [currency, setCurrency] = useState('USD');
  const make = useChange(
    (api: ApiClient) =>
      api.post<OwnedProject>(`api/v1/organisations/${organisation}/projects`, {
        name: name.trim(),
        time_zone: zone.trim(),
        currency: currency.trim().toUpperCase(),
      }),
    () => {
      setName('');
      onMade();
    },
  );
  return (
    <Form label="New project" onSubmit={() => make.mutate(undefined)}>
      {organisations.length > 1 && (
        <Choice
          label="Organisation"
          value={organisation}
          choices={organisations.map(({ id, name: of }) => [String(id), of])}
          onChange={setOrganisation}
        />
      )}
      <TextField label="Name" value={name} onChange={setName} autoComplete="off" />
      <TextField label="Time zone of its days" value={zone} onChange={setZone} autoComplete="off" placeholder="Europe/Berlin" />
      <TextField label="Currency of its revenue" value={currency} onChange={setCurrency} autoComplete="off" placeholder="EUR" />
      <button type="submit" className="button" disabled={make.isPending || name.trim() === ''}>
        Make the project
      </button>
      <Refusal error={make.error} />
      {make.isSuccess && (
        <p className="fine" role="status">
          {make.data.name} is made. Choose it at the top of the navigation, and make a write key for its builds.
        </p>
      )}
    </Form>
  );
}
