import { useState } from 'react';
import { EntranceCard } from './entrance_card';
import { askForReset, refusalOf } from './sign_in';
import { TextField } from './text_field';

interface Props {
  email: string;
  onBack: () => void;
}

/** Asks for a letter with a link to another password. Whether there is such an account is not told. */
export function ForgottenStep({ email, onBack }: Props) {
  const [address, setAddress] = useState(email);
  const [told, setTold] = useState<{ sent: boolean; text: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    try {
      await askForReset(address);
      setTold({ sent: true, text: 'If there is such an account, a letter with a link is on its way to it.' });
    } catch (error) {
      setTold({ sent: false, text: refusalOf(error as Error) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <EntranceCard title="A lost password" lead="A letter with a link to another one is sent to your address." onSubmit={() => void send()}>
      <TextField label="E-mail address" type="email" value={address} onChange={setAddress} autoComplete="username" focused />
      <p className={told?.sent ? 'muted' : 'field-problem'} role={told?.sent ? 'status' : 'alert'}>
        {told?.text}
      </p>
      <button type="submit" className="button primary" disabled={busy || address.trim() === '' || told?.sent === true}>
        Send the letter
      </button>
      <button type="button" className="button" onClick={onBack}>
        Back to the sign-in
      </button>
    </EntranceCard>
  );
}
