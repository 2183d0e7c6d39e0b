import { Link } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { newKeptId, useKept, type Kept } from '../../kept/kept';
import { ConfirmButton } from '../../people/confirm_button';
import { useMay } from '../../session/session';
import { nameLengthMax, readSegment, type SavedSegment } from './saved_segments';
import './saved.css';

interface Props {
  /** The open segment, as the address has it; undefined while there is none. */
  filters: string | undefined;
}

/** Segments with a name, for everybody who reads the project; the open one can be given one. */
export function SavedCard({ filters }: Props) {
  const { items, keep, forget, busy, failure } = useKept('segment', readSegment);
  const may = useMay()('change_schema');
  const sorted = items.toSorted((a, b) => a.body.name.localeCompare(b.body.name));
  const isSaved = items.some(({ body }) => body.filters === filters);
  if (sorted.length === 0 && (filters === undefined || !may)) return null;
  return (
    <section className="card saved" aria-label="Saved segments" data-saved={sorted.length}>
      {sorted.length > 0 && (
        <ul>
          {sorted.map((segment) => (
            <Saved
              key={segment.id}
              segment={segment}
              open={segment.body.filters === filters}
              onForget={may ? () => forget(segment.id) : null}
            />
          ))}
        </ul>
      )}
      {may && filters !== undefined && !isSaved && (
        <SaveForm busy={busy} onSave={(name) => keep({ id: newKeptId(), body: { name, filters } })} />
      )}
      {failure && (
        <p className="field-problem" role="alert">
          {failure.message}
        </p>
      )}
    </section>
  );
}

interface SavedProps {
  segment: Kept<SavedSegment>;
  open: boolean;
  onForget: (() => void) | null;
}

function Saved({ segment, open, onForget }: SavedProps) {
  const { name, filters } = segment.body;
  return (
    <li data-segment={name}>
      <Link to="/segments" search={(old) => ({ ...old, filters })} aria-current={open ? 'true' : undefined}>
        {name}
      </Link>
      {open && onForget && <ConfirmButton label="Remove" about={`segment ${name}`} question="For everybody?" onConfirm={onForget} />}
    </li>
  );
}

function SaveForm({ busy, onSave }: { busy: boolean; onSave: (name: string) => void }) {
  const [name, setName] = useState('');
  const id = useId();
  return (
    <form
      className="save-segment"
      aria-label="Save this segment"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === '') return;
        onSave(name.trim());
        setName('');
      }}
    >
      <label htmlFor={id}>Save this segment as</label>
      <input
        id={id}
        className="field compact"
        value={name}
        maxLength={nameLengthMax}
        onChange={(event) => setName(event.target.value)}
        autoComplete="off"
      />
      <button type="submit" className="button" disabled={busy || name.trim() === ''}>
        Save
      </button>
    </form>
  );
}
