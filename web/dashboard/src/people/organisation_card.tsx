import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiClient } from '../api/client';
import type { Organisation } from '../session/person';
import { useApi, useSession } from '../session/session';
import { TextField } from '../sign_in/text_field';
import { Allowed, Form, PeopleCard, Refusal } from './parts';
import { organisationFacts, useChange } from './people';

/** The organisation's own name, which its owners give it. */
export function OrganisationCard({ organisation }: { organisation: Organisation }) {
  return (
    <PeopleCard title="Organisation">
      <Allowed action="change_organisation">
        <NameForm key={organisation.name} organisation={organisation} />
        <SecondFactorRule organisation={organisation.id} />
      </Allowed>
    </PeopleCard>
  );
}

function NameForm({ organisation }: { organisation: Organisation }) {
  const { person } = useSession();
  const [name, setName] = useState(organisation.name);
  const rename = useChange(
    (api: ApiClient, wanted: string) => api.patch<unknown>(`api/v1/organisations/${organisation.id}`, { name: wanted }),
    () => void person?.refresh(),
  );
  return (
    <Form label="Rename the organisation" onSubmit={() => rename.mutate(name.trim())}>
      <TextField label="Name" value={name} onChange={setName} autoComplete="organization" />
      <button type="submit" className="button" disabled={rename.isPending || name.trim() === '' || name.trim() === organisation.name}>
        Rename
      </button>
      <Refusal error={rename.error} />
    </Form>
  );
}

/** Servers that know second factors say whether they are required; others say nothing. */
function SecondFactorRule({ organisation }: { organisation: number }) {
  const required = useQuery(organisationFacts(useApi(), organisation)).data?.require_second_factor;
  const set = useChange((api: ApiClient, wanted: boolean) =>
    api.patch<unknown>(`api/v1/organisations/${organisation}`, { require_second_factor: wanted }),
  );
  if (required === undefined) return null;
  return (
    <div className="people-form">
      <label className="switch">
        <input
          type="checkbox"
          checked={required}
          disabled={set.isPending}
          onChange={(event) => set.mutate(event.target.checked)}
        />
        Let in only who has a second factor
      </label>
      <Refusal error={set.error} />
    </div>
  );
}
