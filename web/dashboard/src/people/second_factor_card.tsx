import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiClient } from '../api/client';
import { ApiError } from '../api/problem';
import { LoadFailure } from '../charts/chart_card';
import { QrPicture } from '../qr/qr_picture';
import { useApi } from '../session/session';
import { refusalOf } from '../sign_in/sign_in';
import { TextField } from '../sign_in/text_field';
import { Form, PeopleCard, Refusal } from './parts';
import { ownSecondFactor, useChange, type SecondFactor } from './people';
import { ShownOnce } from './shown_once';

interface Secret {
  secret: string;
  uri: string;
}

const path = 'api/v1/me/second-factor';
const told = (error: Error | null): Error | null => (error === null ? null : new Error(refusalOf(error)));

/** Codes of an authenticator app beside the password: switching them on, new recovery codes, switching them off. */
export function SecondFactorCard({ onChanged }: { onChanged?: () => void }) {
  const state = useQuery(ownSecondFactor(useApi()));
  const [codes, setCodes] = useState<string[] | null>(null);
  // A server of before there was one has nothing to switch on.
  if (state.error instanceof ApiError && state.error.status === 404) return null;
  const close = () => {
    setCodes(null);
    onChanged?.();
  };
  return (
    <PeopleCard
      title="Second factor"
      lead="A code of an authenticator app, asked for after the password: a stolen password alone opens nothing then."
    >
      {codes && (
        <ShownOnce
          title="Recovery codes."
          note="Each opens the account once when the app is lost. This is the only time that they are shown."
          texts={[['Codes', codes.join('\n')]]}
          onClose={close}
        />
      )}
      {state.data ? (
        state.data.enabled ? (
          <SwitchedOn state={state.data} onCodes={setCodes} />
        ) : (
          codes === null && <SwitchOn required={state.data.required} onCodes={setCodes} />
        )
      ) : state.isError ? (
        <LoadFailure error={state.error} retry={() => void state.refetch()} />
      ) : (
        <div className="skeleton-text" role="status" aria-label="Loading" />
      )}
    </PeopleCard>
  );
}

type OnCodes = (codes: string[]) => void;

function SwitchOn({ required, onCodes }: { required: boolean; onCodes: OnCodes }) {
  const [password, setPassword] = useState('');
  const begin = useChange((api: ApiClient) => api.post<Secret>(path, { password }));
  if (begin.data) return <Confirm secret={begin.data} onCodes={onCodes} />;
  return (
    <Form label="Switch the second factor on" onSubmit={() => begin.mutate(undefined)}>
      <p data-fact="second_factor">{required ? 'It is off, and an organisation of yours requires it.' : 'It is off.'}</p>
      <TextField label="Password" type="password" value={password} onChange={setPassword} autoComplete="current-password" />
      <button type="submit" className="button" disabled={begin.isPending || password === ''}>
        Switch it on
      </button>
      <Refusal error={told(begin.error)} />
    </Form>
  );
}

const inGroups = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? secret;

function Confirm({ secret, onCodes }: { secret: Secret; onCodes: OnCodes }) {
  const [code, setCode] = useState('');
  const confirm = useChange(
    (api: ApiClient) => api.post<{ recovery_codes: string[] }>(`${path}/confirm`, { code }),
    (made) => onCodes(made.recovery_codes),
  );
  return (
    <Form label="Confirm the second factor" onSubmit={() => confirm.mutate(undefined)}>
      <p>
        Add an account to the app: with this picture, with this secret, or <a href={secret.uri}>in the app of this device</a>. Then type
        the code that it shows.
      </p>
      <QrPicture text={secret.uri} label="The secret as a QR code" />
      <p>
        <code data-secret="">{inGroups(secret.secret)}</code>
      </p>
      <TextField label="Code" value={code} onChange={setCode} autoComplete="one-time-code" mono numeric />
      <button type="submit" className="button" disabled={confirm.isPending || code.trim() === ''}>
        Confirm
      </button>
      <Refusal error={told(confirm.error)} />
    </Form>
  );
}

function SwitchedOn({ state, onCodes }: { state: SecondFactor; onCodes: OnCodes }) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const forget = () => {
    setPassword('');
    setCode('');
  };
  const renew = useChange(
    (api: ApiClient) => api.post<{ recovery_codes: string[] }>(`${path}/recovery-codes`, { password, code }),
    (made) => {
      forget();
      onCodes(made.recovery_codes);
    },
  );
  const disable = useChange((api: ApiClient) => api.post<void>(`${path}/disable`, { password, code }), forget);
  const incomplete = password === '' || code.trim() === '' || renew.isPending || disable.isPending;
  return (
    <Form label="Change the second factor" onSubmit={() => renew.mutate(undefined)}>
      <p data-fact="second_factor">
        It is on. {state.recovery_codes_left} recovery {state.recovery_codes_left === 1 ? 'code is' : 'codes are'} left.
      </p>
      <TextField label="Password" type="password" value={password} onChange={setPassword} autoComplete="current-password" />
      <TextField label="Code" value={code} onChange={setCode} autoComplete="one-time-code" mono />
      <button type="submit" className="button" disabled={incomplete}>
        New recovery codes
      </button>
      <button type="button" className="button" disabled={incomplete} onClick={() => disable.mutate(undefined)}>
        Switch it off
      </button>
      <Refusal error={told(renew.error ?? disable.error)} />
    </Form>
  );
}
