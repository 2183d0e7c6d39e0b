import { useId, useState, type FormEvent } from 'react';
import type { ApiError } from '../api/problem';
import { Logo } from '../shell/icons';
import { looksLikeKey } from './key_store';

export function refusalSentence(error: ApiError): string {
  if (error.code === 'gm-key-wrong-kind')
    return 'That was a write key. It can only send events; the dashboard needs the project key, which starts with gm_pk_.';
  return 'The server did not accept the project key. It may have been revoked or belong to another server. Paste a valid one to go on.';
}

function formatProblem(text: string): string | null {
  if (text === '') return 'Paste the project key first.';
  if (text.startsWith('gm_wk_'))
    return 'This is a write key. It can only send events; the dashboard needs the project key, which starts with gm_pk_.';
  if (!looksLikeKey('project', text)) return 'A project key starts with gm_pk_ and has no spaces.';
  return null;
}

interface Props {
  refusal: ApiError | null;
  onKey: (key: string) => void;
  /** Null: the server knows nobody who could sign in. */
  onSignIn?: (() => void) | null;
}

export function KeyPrompt({ refusal, onKey, onSignIn = null }: Props) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(refusal ? refusalSentence(refusal) : null);
  const id = useId();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = formatProblem(text.trim());
    setProblem(found);
    if (found === null) onKey(text.trim());
  };

  return (
    <main className="prompt">
      <form className="prompt-card" onSubmit={submit} noValidate>
        <div className="brand">
          <Logo />
          <span>GameMetrics Pro</span>
        </div>
        <h1>Open your project</h1>
        <p className="muted">
          Paste the project key. It was printed when the server started for the first time, together with a link that
          opens this page with the key filled in.
        </p>
        <label htmlFor={id}>Project key</label>
        {/* The only field of the page: a person who lands here is about to paste. */}
        <input
          id={id}
          className="field mono"
          type="text"
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder="gm_pk_…"
          autoFocus
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          aria-invalid={problem !== null}
          aria-describedby={`${id}-problem`}
        />
        <p id={`${id}-problem`} className="field-problem" role="alert">
          {problem}
        </p>
        <button type="submit" className="button primary">
          Open dashboard
        </button>
        {onSignIn && (
          <button type="button" className="button" onClick={onSignIn}>
            Sign in with an account
          </button>
        )}
        <p className="fine muted">
          The key stays in this browser. It can read numbers but not send or change anything.
        </p>
      </form>
    </main>
  );
}
