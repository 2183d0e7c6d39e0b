import { useState } from 'react';
import { EntranceCard } from './entrance_card';
import { TextField } from './text_field';

interface Props {
  problem: string | null;
  busy: boolean;
  onCode: (code: string) => void;
  onBack: () => void;
}

/** The step after the password, for who has a second factor. */
export function CodeStep({ problem, busy, onCode, onBack }: Props) {
  const [code, setCode] = useState('');
  return (
    <EntranceCard
      title="Second step"
      lead="The six digits that your authenticator app shows now, or one of your recovery codes."
      onSubmit={() => onCode(code.trim())}
    >
      <TextField label="Code" value={code} onChange={setCode} autoComplete="one-time-code" focused mono invalid={problem !== null} />
      <p className="field-problem" role="alert">
        {problem}
      </p>
      <button type="submit" className="button primary" disabled={busy || code.trim() === ''}>
        Sign in
      </button>
      <button type="button" className="button" onClick={onBack}>
        Back to the password
      </button>
    </EntranceCard>
  );
}
