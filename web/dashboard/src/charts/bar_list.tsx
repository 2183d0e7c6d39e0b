import type { ReactNode } from 'react';

interface Props {
  label: string;
  rows: {
    name: string;
    value: number;
    shown: string;
    detail?: string;
    /** A number that leads further, such as the players of the row. */
    action?: ReactNode;
  }[];
}

/** Horizontal bars with their names and numbers as text. */
export function BarList({ label, rows }: Props) {
  const highest = Math.max(1, ...rows.map((row) => row.value));
  return (
    <ul className="bar-list" aria-label={label}>
      {rows.map((row) => (
        <li key={row.name} className={row.action ? 'has-action' : undefined} data-row={row.name}>
          <span className="bar-name" title={row.name}>
            {row.name}
          </span>
          {row.action && <span className="bar-action">{row.action} players</span>}
          <span className="bar-value">{row.shown}</span>
          <span className="bar-detail">{row.detail}</span>
          <svg className="bar-track" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
            <rect className="bar-fill" width={(row.value / highest) * 100} height="4" />
          </svg>
        </li>
      ))}
    </ul>
  );
}
