import type { ReactNode } from 'react';

interface Props {
  /** Which number this is, for those who do not see where it stands. */
  about: string;
  onPick: () => void;
  children: ReactNode;
}

/** A number that opens the list of the players behind it. */
export function NumberButton({ about, onPick, children }: Props) {
  return (
    <button type="button" className="number-button" title="Show the players" onClick={onPick} data-value="">
      {children}
      <span className="sr-only">, {about}: show the players</span>
    </button>
  );
}
