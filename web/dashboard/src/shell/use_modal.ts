import { useEffect, useRef } from 'react';

/** For a `<dialog>`: it is modal from its first moment to its last. It holds the focus, and gives it back. */
export function useModal() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return dialog;
}
