import type { ReactNode } from 'react';

interface Props {
  name: string;
  label: string;
  note: string;
  children: ReactNode;
}

/** One number without a history: what it is, itself, and what it counts. */
export function FigureBox({ name, label, note, children }: Props) {
  return (
    <article className="card kpi" data-kpi={name} aria-label={label}>
      <header>
        <h2>{label}</h2>
      </header>
      <p className="kpi-value" data-value="">
        {children}
      </p>
      <p className="fine muted">{note}</p>
    </article>
  );
}
