import { useState, type FormEvent } from 'react';
import { looksLikeKey } from '../../dashboard/src/session/key_store.ts';

export function KeyForm({ onKey }: { onKey: (key: string) => void }) {
  const [text, setText] = useState('');
  const [refused, setRefused] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const key = text.trim();
    setRefused(!looksLikeKey('project', key));
    if (looksLikeKey('project', key)) onKey(key);
  };
  return (
    <main className="key-form">
      <form onSubmit={submit} noValidate>
        <h1>GraphiQL</h1>
        <p>It asks with the project key of the dashboard, and this browser has none yet.</p>
        <label htmlFor="key">Project key</label>
        <input
          id="key"
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder="gm_pk_…"
          autoFocus
          autoComplete="off"
          spellCheck={false}
        />
        {refused && <p role="alert">A project key starts with gm_pk_ and has no spaces.</p>}
        <button type="submit">Open</button>
      </form>
    </main>
  );
}
