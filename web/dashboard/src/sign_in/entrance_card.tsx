import type { FormEvent, ReactNode } from 'react';
import { Logo } from '../shell/icons';

interface Props {
  title: string;
  lead?: ReactNode;
  onSubmit: () => void;
  children: ReactNode;
}

/** What is shown before anybody is let in: one form in the middle of the page. */
export function EntranceCard({ title, lead, onSubmit, children }: Props) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <main className="prompt">
      <form className="prompt-card" onSubmit={submit} noValidate>
        <div className="brand">
          <Logo />
          <span>GameMetrics Pro</span>
        </div>
        <h1>{title}</h1>
        {lead && <p className="muted">{lead}</p>}
        {children}
      </form>
    </main>
  );
}
