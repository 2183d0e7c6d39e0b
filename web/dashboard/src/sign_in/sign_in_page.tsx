import { useState } from 'react';
import type { ApiError } from '../api/problem';
import { CodeStep } from './code_step';
import { EntranceCard } from './entrance_card';
import { ForgottenStep } from './forgotten_step';
import { answerChallenge, reasonOf, signIn } from './sign_in';
import { TextField } from './text_field';
import { useEntering } from './use_entering';

interface Props {
  /** Why one is here again. */
  reason: ApiError | null;
  onDone: () => void;
  onKey: () => void;
}

export function SignInPage({ reason, onDone, onKey }: Props) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [forgotten, setForgotten] = useState(false);
  const { enter, startAgain, complain, problem, busy, challenge } = useEntering(onDone);
  if (challenge)
    return (
      <CodeStep
        problem={problem}
        busy={busy}
        onCode={(code) => void enter(() => answerChallenge(challenge.challenge, code))}
        onBack={startAgain}
      />
    );
  if (forgotten) return <ForgottenStep email={email} onBack={() => setForgotten(false)} />;
  const submit = () => {
    if (email.trim() === '' || password === '') complain('Type the address and the password of your account.');
    else void enter(() => signIn(email, password));
  };
  return (
    <EntranceCard title="Sign in" onSubmit={submit}>
      {reason && problem === null && (
        <p className="muted" role="status">
          {reasonOf(reason)}
        </p>
      )}
      <TextField label="E-mail address" type="email" value={email} onChange={setEmail} autoComplete="username" focused />
      <TextField label="Password" type="password" value={password} onChange={setPassword} autoComplete="current-password" />
      <p className="field-problem" role="alert">
        {problem}
      </p>
      <button type="submit" className="button primary" disabled={busy}>
        {busy ? 'Signing in…' : 'Sign in'}
      </button>
      <button type="button" className="button" onClick={() => setForgotten(true)}>
        I have lost my password
      </button>
      <button type="button" className="button" onClick={onKey}>
        Use a project key instead
      </button>
      <p className="fine muted">
        No account? Somebody in your organisation can invite you.
      </p>
    </EntranceCard>
  );
}
