import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiClient } from '../api/client';
import { dateAndTime } from '../format/dates';
import { Choice } from '../insight/choice';
import { baseUrl } from '../session/base_url';
import { invitationLink } from '../session/letter';
import type { Organisation } from '../session/person';
import { roles, type Role } from '../session/rights';
import { useApi, useMay, useSession } from '../session/session';
import { TextField } from '../sign_in/text_field';
import { ConfirmButton } from './confirm_button';
import { Allowed, Form, Listed, PeopleCard, PeopleTable, Refusal } from './parts';
import { invitationsOf, membersOf, useChange, type Invitation, type Member } from './people';
import { ShownOnce } from './shown_once';

interface Props {
  organisation: Organisation;
  timezone: string;
}

/** Nobody gives a role with more rights than his own, which is what an owner alone has. */
const givable = (mayOwners: boolean): [Role, string][] =>
  roles.filter((role) => role !== 'owner' || mayOwners).map((role) => [role, role]);

export function MembersCard({ organisation, timezone }: Props) {
  return (
    <PeopleCard
      title={`Members of ${organisation.name}`}
      lead="What a role may do is in the reference of rights. There is always an owner."
    >
      <Allowed action="see_members">
        <MemberRows organisation={organisation} timezone={timezone} />
      </Allowed>
    </PeopleCard>
  );
}

function MemberRows({ organisation, timezone }: Props) {
  const members = useQuery(membersOf(useApi(), organisation.id));
  return (
    <Listed rows={members} empty="Nobody is a member.">
      {(rows) => (
        <PeopleTable
          caption="Members"
          columns={['Address', 'Name', 'Since', 'Role', 'Change']}
          rows={rows}
          keyOf={({ id }) => id}
          cells={(member) => [
            member.email,
            member.name || '–',
            dateAndTime(member.since, timezone),
            <RoleOf key="role" organisation={organisation.id} member={member} />,
            <RemoveMember key="remove" organisation={organisation.id} member={member} />,
          ]}
        />
      )}
    </Listed>
  );
}

/** Who may manage members does so with all but owners; owners are for owners. */
function useManages(member: Member): boolean {
  const may = useMay();
  return may('manage_members') && (member.role !== 'owner' || may('manage_owners'));
}

function RoleOf({ organisation, member }: { organisation: number; member: Member }) {
  const may = useMay();
  const { person } = useSession();
  const change = useChange(
    (api: ApiClient, role: Role) => api.patch<void>(`api/v1/organisations/${organisation}/members/${member.id}`, { role }),
    // What one took from oneself is gone from the page at once.
    () => member.id === person?.me.user.id && void person.refresh(),
  );
  if (!useManages(member)) return member.role;
  return (
    <>
      <select
        className="field compact role-field"
        aria-label={`Role of ${member.email}`}
        value={member.role}
        disabled={change.isPending}
        onChange={(event) => change.mutate(event.target.value as Role)}
      >
        {givable(may('manage_owners')).map(([role, name]) => (
          <option key={role} value={role}>
            {name}
          </option>
        ))}
      </select>
      <Refusal error={change.error} />
    </>
  );
}

function RemoveMember({ organisation, member }: { organisation: number; member: Member }) {
  const { person } = useSession();
  const remove = useChange(
    (api: ApiClient) => api.remove<void>(`api/v1/organisations/${organisation}/members/${member.id}`),
    () => member.id === person?.me.user.id && void person.refresh(),
  );
  if (!useManages(member)) return '–';
  return (
    <div className="row-actions">
      <ConfirmButton
        label="Remove"
        about={member.email}
        question="Take all access away?"
        disabled={remove.isPending}
        onConfirm={() => remove.mutate(undefined)}
      />
      <Refusal error={remove.error} />
    </div>
  );
}

export function InvitationsCard({ organisation, timezone }: Props) {
  const [link, setLink] = useState<{ email: string; text: string; mailed: boolean } | null>(null);
  return (
    <PeopleCard
      title="Invitations"
      lead="An invitation is a link that is good once. Send it yourself, by a way that only the invited reads."
    >
      {link && (
        <ShownOnce
          title={`${link.email} is invited.`}
          note={`${link.mailed ? 'A letter with the link is on its way. ' : ''}This is the only time that the link is shown.`}
          texts={[['Link', link.text]]}
          onClose={() => setLink(null)}
        />
      )}
      <Allowed action="see_members">
        <InvitationRows organisation={organisation} timezone={timezone} />
      </Allowed>
      <Allowed action="manage_members">
        <InviteForm
          organisation={organisation.id}
          onMade={({ email, token, mailed = false }) => setLink({ email, text: invitationLink(baseUrl, token), mailed })}
        />
      </Allowed>
    </PeopleCard>
  );
}

function InvitationRows({ organisation, timezone }: Props) {
  const invitations = useQuery(invitationsOf(useApi(), organisation.id));
  const may = useMay();
  const withdraw = useChange((api: ApiClient, id: number) =>
    api.remove<void>(`api/v1/organisations/${organisation.id}/invitations/${id}`),
  );
  return (
    <>
      <Listed rows={invitations} empty="No invitation is open.">
        {(rows) => (
          <PeopleTable
            caption="Open invitations"
            columns={['Address', 'Role', 'Good until', 'Change']}
            rows={rows}
            keyOf={({ id }) => id}
            cells={(one) => [
              one.email,
              one.role,
              dateAndTime(one.expires_at, timezone),
              may('manage_members') ? (
                <ConfirmButton
                  key="withdraw"
                  label="Withdraw"
                  about={one.email}
                  question="Make the link useless?"
                  onConfirm={() => withdraw.mutate(one.id)}
                />
              ) : (
                '–'
              ),
            ]}
          />
        )}
      </Listed>
      <Refusal error={withdraw.error} />
    </>
  );
}

type MadeInvitation = Invitation & { token: string; mailed?: boolean };

function InviteForm({ organisation, onMade }: { organisation: number; onMade: (made: MadeInvitation) => void }) {
  const may = useMay();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('analyst');
  const invite = useChange(
    (api: ApiClient) =>
      api.post<MadeInvitation>(`api/v1/organisations/${organisation}/invitations`, { email: email.trim(), role }),
    (made) => {
      setEmail('');
      onMade(made);
    },
  );
  return (
    <Form label="Invite somebody" onSubmit={() => invite.mutate(undefined)}>
      <TextField label="E-mail address" type="email" value={email} onChange={setEmail} autoComplete="off" />
      <Choice label="Role" value={role} choices={givable(may('manage_owners'))} onChange={(chosen) => setRole(chosen as Role)} />
      <button type="submit" className="button" disabled={invite.isPending || email.trim() === ''}>
        Invite
      </button>
      <Refusal error={invite.error} />
    </Form>
  );
}
