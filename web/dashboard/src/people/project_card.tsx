import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiClient } from '../api/client';
import { useApi, useSession } from '../session/session';
import { TextField } from '../sign_in/text_field';
import { NewProjectForm } from './new_project_form';
import { Allowed, Form, PeopleCard, Refusal } from './parts';
import { projectFacts, useChange, type OwnedProject } from './people';

/** Renames the open project, and makes others beside it. */
export function ProjectCard() {
  const { person } = useSession();
  const project = person?.place.project ?? 0;
  const facts = useQuery(projectFacts(useApi(), project)).data;
  return (
    <PeopleCard title="Change the project">
      <Allowed action="change_project">{facts && <NameForm key={facts.name} facts={facts} />}</Allowed>
      <Allowed action="create_project">{facts && <EnvironmentForm facts={facts} />}</Allowed>
    </PeopleCard>
  );
}

function NameForm({ facts }: { facts: OwnedProject }) {
  const { person } = useSession();
  const [name, setName] = useState(facts.name);
  const rename = useChange(
    (api: ApiClient, wanted: string) => api.patch<OwnedProject>(`api/v1/projects/${facts.id}`, { name: wanted }),
    () => void person?.refresh(),
  );
  return (
    <Form label="Rename the project" onSubmit={() => rename.mutate(name.trim())}>
      <TextField label="Name" value={name} onChange={setName} autoComplete="off" />
      <button type="submit" className="button" disabled={rename.isPending || name.trim() === '' || name.trim() === facts.name}>
        Rename
      </button>
      <Refusal error={rename.error} />
    </Form>
  );
}

function EnvironmentForm({ facts }: { facts: OwnedProject }) {
  const { person } = useSession();
  const [environment, setEnvironment] = useState('');
  const add = useChange(
    (api: ApiClient, wanted: string) => api.post<OwnedProject>(`api/v1/projects/${facts.id}/environments`, { environment: wanted }),
    () => {
      setEnvironment('');
      void person?.refresh();
    },
  );
  return (
    <Form label="Add an environment" onSubmit={() => add.mutate(environment.trim())}>
      <TextField
        label="Another environment of this game"
        value={environment}
        onChange={setEnvironment}
        autoComplete="off"
        placeholder="staging"
        note={`This one is ${facts.environment}. An environment is a project of its own: its events, keys and numbers are apart.`}
      />
      <button type="submit" className="button" disabled={add.isPending || environment.trim() === ''}>
        Add
      </button>
      <Refusal error={add.error} />
      {add.isSuccess && (
        <p className="fine" role="status">
          {add.data.environment} is made. Choose it at the top of the navigation.
        </p>
      )}
    </Form>
  );
}

/** A project in any organisation where one may make one. */
export function NewProjectCard() {
  const { person } = useSession();
  const places = person?.me.organisations.filter(({ actions }) => actions.includes('create_project')) ?? [];
  return (
    <PeopleCard
      title="New project"
      lead="One game in one environment. Its days and its money are counted in the zone and currency chosen here."
    >
      {places.length === 0 ? (
        <Allowed action="create_project">{null}</Allowed>
      ) : (
        <NewProjectForm organisations={places} onMade={() => void person?.refresh()} />
      )}
    </PeopleCard>
  );
}
