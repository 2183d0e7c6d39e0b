import { useState } from 'react';
import { EntranceCard } from './entrance_card';
import { refusalOf, resetPassword } from './sign_in';
import { TextField } from './text_field';

interface Props {
  token: string;
  onDone: () => void;
}

/** Another password in place of a lost one, by the link of a letter. */
export function ResetPage({ token, onDone }: Props) {
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [state, setState] = useState<'asks' | 'sends' | 'done'>('asks');
  const send = async () => {
    setState('sends');
    setProblem(null);
    try {
      await resetPassword(token, password);
      setState('done');
    } catch (error) {
      setProblem(refusalOf(error as Error));
      setState('asks');
    }
  };
  if (state === 'done')
    return (
      <EntranceCard title="The password is changed" lead="All sessions have ended. Sign in with the new one." onSubmit={onDone}>
        <button type="submit" className="button primary">
          Sign in
        </button>
      </EntranceCard>
    );
  return (
    <EntranceCard title="Another password" onSubmit={() => void send()}>
      <TextField label="New password" type="password" value={password} onChange={setPassword} autoComplete="new-password" focused />
      <p className="field-problem" role="alert">
        {problem}
      </p>
      <button type="submit" className="button primary" disabled={state === 'sends' || password === ''}>
        Change the password
      </button>
      <button type="button" className="button" onClick={onDone}>
        Not now
      </button>
    </EntranceCard>
  );
}
