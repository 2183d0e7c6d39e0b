import { useId, useState } from 'react';
import { longDate } from '../format/dates';
import { Dialog } from '../insight/dialog';
import { newKeptId, useKept, type Kept } from '../kept/kept';
import { ConfirmButton } from '../people/confirm_button';
import { Allowed } from '../people/parts';
import { useMay } from '../session/session';
import { noteLengthMax, readNote, type Note } from './notes';
import './notes.css';

interface Props {
  today: string;
  onClose: () => void;
}

/** The notes of the project, newest day first, and the form for another one. Everybody who reads the project sees them on its charts. */
export function NotesDialog({ today, onClose }: Props) {
  const { items, keep, forget, busy, failure } = useKept('note', readNote);
  const sorted = items.toSorted((a, b) => b.body.date.localeCompare(a.body.date));
  return (
    <Dialog title="Notes on days" onClose={onClose}>
      <p className="muted dialog-lead">
        A sale, an outage, a change of the game: charts over days show it, to everybody who reads the project.
      </p>
      <Allowed action="change_schema">
        <NoteForm today={today} busy={busy} onAdd={(body) => keep({ id: newKeptId(), body })} />
      </Allowed>
      {failure && (
        <p className="field-problem" role="alert">
          {failure.message}
        </p>
      )}
      {sorted.length === 0 ? (
        <p className="empty">Nothing is written down yet.</p>
      ) : (
        <ul className="notes" data-notes={sorted.length}>
          {sorted.map((note) => (
            <NoteRow key={note.id} note={note} onForget={() => forget(note.id)} />
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function NoteRow({ note, onForget }: { note: Kept<Note>; onForget: () => void }) {
  const { date, text } = note.body;
  return (
    <li data-note={date}>
      <span className="muted">{longDate(date)}</span>
      <span>{text}</span>
      {useMay()('change_schema') && (
        <ConfirmButton label="Remove" about={`note of ${longDate(date)}`} question="For everybody?" onConfirm={onForget} />
      )}
    </li>
  );
}

function NoteForm({ today, busy, onAdd }: { today: string; busy: boolean; onAdd: (note: Note) => void }) {
  const [date, setDate] = useState(today);
  const [text, setText] = useState('');
  const id = useId();
  const note = readNote({ date, text });
  return (
    <form
      className="note-form"
      aria-label="New note"
      onSubmit={(event) => {
        event.preventDefault();
        if (note === null) return;
        onAdd(note);
        setText('');
      }}
    >
      <div>
        <label htmlFor={`${id}-date`}>Day</label>
        <input id={`${id}-date`} className="field" type="date" value={date} onChange={(event) => setDate(event.target.value)} />
      </div>
      <div className="note-text">
        <label htmlFor={`${id}-text`}>What happened</label>
        <input
          id={`${id}-text`}
          className="field"
          value={text}
          maxLength={noteLengthMax}
          onChange={(event) => setText(event.target.value)}
          autoComplete="off"
        />
      </div>
      <button type="submit" className="button primary" disabled={busy || note === null}>
        Add
      </button>
    </form>
  );
}
