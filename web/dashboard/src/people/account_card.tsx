import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiClient } from '../api/client';
import { dateAndTime } from '../format/dates';
import { useApi, useSession } from '../session/session';
import { refusalOf } from '../sign_in/sign_in';
import { TextField } from '../sign_in/text_field';
import { agentName } from './agent_name';
import { ConfirmButton } from './confirm_button';
import { Form, Listed, PeopleCard, PeopleTable, Refusal } from './parts';
import { ownSessions, useChange } from './people';

/** Who is signed in, and the password. */
export function AccountCard() {
  const { person } = useSession();
  if (!person) return null;
  const { user } = person.me;
  const { role, name } = person.place.organisation;
  return (
    <PeopleCard title="Your account">
      <dl className="facts">
        <div>
          <dt>Address</dt>
          <dd data-fact="email">{user.email}</dd>
        </div>
        <div>
          <dt>Name</dt>
          <dd>{user.name || '–'}</dd>
        </div>
        <div>
          <dt>Role in {name}</dt>
          <dd data-fact="role">{role}</dd>
        </div>
      </dl>
      <PasswordForm email={user.email} />
      <p className="settings-actions">
        <button type="button" className="button" onClick={() => void person.signOut()}>
          Sign out
        </button>
      </p>
    </PeopleCard>
  );
}

function PasswordForm({ email }: { email: string }) {
  const [current, setCurrent] = useState('');
  const [wanted, setWanted] = useState('');
  const change = useChange(
    (api: ApiClient) => api.post<void>('api/v1/me/password', { current, new: wanted }),
    () => {
      setCurrent('');
      setWanted('');
    },
  );
  const refused = change.error === null ? null : new Error(refusalOf(change.error));
  return (
    <Form label="Change the password" onSubmit={() => change.mutate(undefined)}>
      {/* So that password managers know whose password this is. */}
      <input type="text" hidden readOnly autoComplete="username" value={email} />
      <TextField label="Current password" type="password" value={current} onChange={setCurrent} autoComplete="current-password" />
      <TextField label="New password" type="password" value={wanted} onChange={setWanted} autoComplete="new-password" />
      <button type="submit" className="button" disabled={change.isPending || current === '' || wanted === ''}>
        Change the password
      </button>
      <Refusal error={refused} />
      {change.isSuccess && (
        <p className="fine" role="status">
          It is changed. All your other sessions have ended.
        </p>
      )}
    </Form>
  );
}

/** Where one is signed in, and the end of each. */
export function SessionsCard({ timezone }: { timezone: string }) {
  const sessions = useQuery(ownSessions(useApi()));
  const end = useChange((api: ApiClient, id: number) => api.remove<void>(`api/v1/sessions/${id}`));
  return (
    <PeopleCard title="Where you are signed in" lead="One that you do not know: end it, then change the password.">
      <Listed rows={sessions} empty="Nowhere.">
        {(rows) => (
          <PeopleTable
            caption="Sessions"
            columns={['Program', 'Address', 'Since', 'Last seen', 'Change']}
            rows={rows}
            keyOf={({ id }) => id}
            cells={(session) => [
              <span key="agent" title={session.agent}>
                {agentName(session.agent)}
              </span>,
              session.address || '–',
              dateAndTime(session.created_at, timezone),
              dateAndTime(session.seen_at, timezone),
              session.current ? (
                <b key="current">this one</b>
              ) : (
                <ConfirmButton
                  key="end"
                  label="End"
                  about={`session of ${dateAndTime(session.created_at, timezone)}`}
                  question="Sign out there?"
                  onConfirm={() => end.mutate(session.id)}
                />
              ),
            ]}
          />
        )}
      </Listed>
      <Refusal error={end.error} />
    </PeopleCard>
  );
}
