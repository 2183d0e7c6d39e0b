import { useState } from 'react';
import { CodeStep } from './code_step';
import { EntranceCard } from './entrance_card';
import { acceptInvitation, answerChallenge } from './sign_in';
import { TextField } from './text_field';
import { useEntering } from './use_entering';

interface Props {
  token: string;
  onDone: () => void;
}

/** Takes an invitation: with a new account, or with the password of the one that its address has already. */
export function InvitationPage({ token, onDone }: Props) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
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
  const submit = () => {
    if (password === '') complain('Choose a password first.');
    else void enter(() => acceptInvitation(token, name, password));
  };
  return (
    <EntranceCard
      title="You are invited"
      lead="Choose a name and a password. If your address has an account here already, type its password; its name stays."
      onSubmit={submit}
    >
      <TextField label="Name, as others see it" value={name} onChange={setName} autoComplete="name" focused />
      <TextField label="Password" type="password" value={password} onChange={setPassword} autoComplete="new-password" />
      <p className="field-problem" role="alert">
        {problem}
      </p>
      <button type="submit" className="button primary" disabled={busy}>
        {busy ? 'Joining…' : 'Join'}
      </button>
      <button type="button" className="button" onClick={onDone}>
        Not now
      </button>
    </EntranceCard>
  );
}
