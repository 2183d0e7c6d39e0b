import { useId, type ReactNode } from 'react';
import { useModal } from '../shell/use_modal';

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** A modal of the browser's own: it holds the focus, Escape closes it, and the focus returns to where it was. */
export function Dialog({ title, onClose, children }: Props) {
  const dialog = useModal();
  const id = useId();
  return (
    <dialog ref={dialog} className="help wide-dialog" aria-labelledby={id} onClose={onClose}>
      <header className="card-head">
        <h2 id={id}>{title}</h2>
        <button type="button" className="button quiet" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </header>
      {children}
    </dialog>
  );
}
