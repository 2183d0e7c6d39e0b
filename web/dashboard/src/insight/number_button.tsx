import type { ReactNode } from 'react';
import { useMay } from '../session/session';

interface Props {
  /** Which number this is, for those who do not see where it stands. */
  about: string;
  onPick: () => void;
  children: ReactNode;
}

/** A number that opens the list of the players behind it, for who may read about players. */
export function NumberButton({ about, onPick, children }: Props) {
  if (!useMay()('read_players')) return <span data-value="">{children}</span>;
  return (
    <button type="button" className="number-button" title="Show the players" onClick={onPick} data-value="">
      {children}
      <span className="sr-only">, {about}: show the players</span>
    </button>
  );
}
