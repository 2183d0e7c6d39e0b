import { lazy, Suspense, useState } from 'react';
import { useMay } from '../session/session';
import { useMarksShown } from './marks_shown';

const NotesDialog = lazy(() => import('./notes_dialog').then((module) => ({ default: module.NotesDialog })));

/** Opens what was written down about days; not shown to those who see no notes on charts and may write none. */
export function NotesButton({ today }: { today: string }) {
  const [open, setOpen] = useState(false);
  const shown = useMarksShown();
  if (!useMay()('change_schema') && !shown) return null;
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Notes
      </button>
      <Suspense>{open && <NotesDialog today={today} onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}
