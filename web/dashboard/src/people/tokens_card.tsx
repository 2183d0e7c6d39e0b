import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiClient } from '../api/client';
import { dateAndTime } from '../format/dates';
import { Choice } from '../insight/choice';
import { actions, roles, type Action, type Role } from '../session/rights';
import { useApi, useSession } from '../session/session';
import { TextField } from '../sign_in/text_field';
import { ConfirmButton } from './confirm_button';
import { Allowed, Form, Listed, PeopleCard, PeopleTable, Refusal } from './parts';
import { ownTokens, serviceTokensOf, useChange, type Token } from './people';
import { ShownOnce } from './shown_once';

type MadeToken = Token & { token: string };

const daySeconds = 86_400;
const lifetimes: [days: string, name: string][] = [
  ['7', '7 days'],
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'a year'],
];

interface Props {
  timezone: string;
}

/** Tokens that act for the person who made them, and never beyond what he may. */
export function PersonalTokensCard({ timezone }: Props) {
  const tokens = useQuery(ownTokens(useApi()));
  return (
    <TokensCard
      title="Your tokens"
      lead="For programs of your own. They may what you may, and no more than what is ticked; nothing about passwords, sessions and tokens."
      path="api/v1/tokens"
      tokens={tokens}
      timezone={timezone}
      ofService={false}
    />
  );
}

/** Tokens of an organisation, which stay when the person who made them leaves. */
export function ServiceTokensCard({ timezone }: Props) {
  const { person } = useSession();
  const organisation = person?.place.organisation;
  if (!organisation) return null;
  return (
    <Allowed action="manage_service_tokens">
      <ServiceTokens organisation={organisation.id} name={organisation.name} timezone={timezone} />
    </Allowed>
  );
}

function ServiceTokens({ organisation, name, timezone }: Props & { organisation: number; name: string }) {
  return (
    <TokensCard
      title={`Tokens of services of ${name}`}
      lead="For programs of the organisation: they belong to nobody, and stay when somebody leaves."
      path={`api/v1/organisations/${organisation}/service-tokens`}
      tokens={useQuery(serviceTokensOf(useApi(), organisation))}
      timezone={timezone}
      ofService
    />
  );
}

interface CardProps extends Props {
  title: string;
  lead: string;
  path: string;
  tokens: UseQueryResult<Token[]>;
  ofService: boolean;
}

function TokensCard({ title, lead, path, tokens, timezone, ofService }: CardProps) {
  const [made, setMade] = useState<MadeToken | null>(null);
  return (
    <PeopleCard title={title} lead={lead}>
      {made && (
        <ShownOnce
          title={`Token ${made.name} is made.`}
          note="This is the only time that it is shown."
          texts={[['Token', made.token]]}
          onClose={() => setMade(null)}
        />
      )}
      <Listed rows={tokens} empty="There is no token.">
        {(rows) => <TokenRows rows={rows} caption={title} path={path} timezone={timezone} ofService={ofService} />}
      </Listed>
      <TokenForm path={path} ofService={ofService} onMade={setMade} />
    </PeopleCard>
  );
}

interface RowsProps extends Props {
  rows: Token[];
  caption: string;
  path: string;
  ofService: boolean;
}

function TokenRows({ rows, caption, path, timezone, ofService }: RowsProps) {
  const revoke = useChange((api: ApiClient, id: number) => api.remove<void>(`${path}/${id}`));
  const moment = (iso: string | null) => (iso === null ? '–' : dateAndTime(iso, timezone));
  return (
    <>
      <PeopleTable
        caption={caption}
        columns={['Name', 'Token', ofService ? 'Role and scopes' : 'Scopes', 'Last used', 'Good until', 'Change']}
        rows={rows}
        keyOf={({ id }) => id}
        cells={(token) => [
          token.name,
          <code key="prefix">{token.prefix}…</code>,
          [token.role, token.scopes.join(', ')].filter(Boolean).join(': '),
          moment(token.used_at),
          token.revoked_at === null ? moment(token.expires_at) : `revoked ${moment(token.revoked_at)}`,
          token.revoked_at === null ? (
            <ConfirmButton
              key="revoke"
              label="Revoke"
              about={`token ${token.name}`}
              question="Refuse it from now on?"
              onConfirm={() => revoke.mutate(token.id)}
            />
          ) : (
            '–'
          ),
        ]}
      />
      <Refusal error={revoke.error} />
    </>
  );
}

function TokenForm({ path, ofService, onMade }: { path: string; ofService: boolean; onMade: (made: MadeToken) => void }) {
  const { person } = useSession();
  const own = person?.place.organisation.actions ?? [];
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [days, setDays] = useState('90');
  const [scopes, setScopes] = useState<Action[]>(['read_numbers']);
  const make = useChange(
    (api: ApiClient) =>
      api.post<MadeToken>(path, {
        name: name.trim(),
        scopes,
        lifetime_seconds: Number(days) * daySeconds,
        ...(ofService ? { role } : {}),
      }),
    (made) => {
      setName('');
      onMade(made);
    },
  );
  const rolesToGive = roles.filter((one) => one !== 'owner' || own.includes('manage_owners'));
  return (
    <Form label={ofService ? 'New token of a service' : 'New token of yours'} onSubmit={() => make.mutate(undefined)}>
      <TextField label="Name" value={name} onChange={setName} autoComplete="off" placeholder="nightly report" />
      {ofService && (
        <Choice label="Role" value={role} choices={rolesToGive.map((one) => [one, one])} onChange={(chosen) => setRole(chosen as Role)} />
      )}
      <Choice label="Good for" value={days} choices={lifetimes} onChange={setDays} />
      <Scopes own={own} scopes={scopes} onChange={setScopes} />
      <button type="submit" className="button" disabled={make.isPending || name.trim() === '' || scopes.length === 0}>
        Make a token
      </button>
      <Refusal error={make.error} />
    </Form>
  );
}

function Scopes({ own, scopes, onChange }: { own: Action[]; scopes: Action[]; onChange: (scopes: Action[]) => void }) {
  return (
    <fieldset className="scopes">
      <legend>May</legend>
      {own.map((action) => (
        <label key={action}>
          <input
            type="checkbox"
            checked={scopes.includes(action)}
            onChange={(event) => onChange(event.target.checked ? [...scopes, action] : scopes.filter((one) => one !== action))}
          />
          {actions[action] ?? action}
        </label>
      ))}
    </fieldset>
  );
}
