import { useId, useState } from 'react';
import type { ApiClient } from '../../api/client';
import { Refusal } from '../../people/parts';
import { useChange, type MadeKey } from '../../people/people';
import { looksLikeKey, storeKey } from '../../session/key_store';
import { useMay, useSession } from '../../session/session';

interface Props {
  writeKey: string | null;
  onKey: (key: string | null) => void;
}

/** The server keeps no key that it could show: it has to be pasted, or made anew. */
export function KeyStep({ writeKey, onKey }: Props) {
  const [typed, setTyped] = useState(writeKey ?? '');
  const id = useId();
  const enter = (text: string) => {
    setTyped(text);
    const key = text.trim();
    const valid = looksLikeKey('write', key);
    if (valid) storeKey('write', key);
    onKey(valid ? key : null);
  };
  const { person } = useSession();
  const makes = useMay()('manage_keys');
  const make = useChange(
    (api: ApiClient) => api.post<MadeKey>(`api/v1/projects/${person?.place.project}/keys`, { kind: 'write' }),
    (made) => enter(made.key),
  );
  const problem = typed === '' || writeKey !== null ? null : problemOf(typed.trim());
  return (
    <li>
      <h2>Your write key</h2>
      <p className="muted">
        It was printed when the server started for the first time; <code>gamemetrics key create write</code> prints a new one. It can
        only send events, so it is safe inside a game build.
      </p>
      {makes && (
        <p>
          <button type="button" className="button" disabled={make.isPending} onClick={() => make.mutate(undefined)}>
            Make a write key
          </button>
        </p>
      )}
      <Refusal error={make.error} />
      <label htmlFor={id} className="sr-only">
        Write key
      </label>
      <input
        id={id}
        className="field mono"
        value={typed}
        onChange={(event) => enter(event.target.value)}
        placeholder="gm_wk_…"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        aria-invalid={problem !== null}
        aria-describedby={`${id}-problem`}
      />
      <p id={`${id}-problem`} className="field-problem">
        {problem}
      </p>
    </li>
  );
}

function problemOf(key: string): string {
  if (key.startsWith('gm_pk_')) return 'This is the project key. It reads numbers and sends nothing, and must not be in a game.';
  if (key.startsWith('gm_sk_')) return 'This is a server key: what it sends is believed. It must not be in a game; use a write key here.';
  return 'A write key starts with gm_wk_ and has no spaces.';
}
