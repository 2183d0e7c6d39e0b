import { useQuery } from '@tanstack/react-query';
import { useId, useState, type FormEvent } from 'react';
import { eventNamesQuery } from '../api/queries';
import { useApi } from '../session/session';
import {
  eventFields,
  isField,
  limits,
  operators,
  playerFields,
  takesNone,
  type FieldFilter,
  type Filter,
  type Operator,
} from '../state/filters';
import type { DateRange } from '../state/range';

interface Props {
  range: DateRange;
  /** Conditions on single events make no sense where players are meant. */
  onlyPlayers: boolean;
  onAdd: (filter: Filter) => void;
}

const kinds = { field: 'A field', did: 'Player did', did_not: 'Player did not' } as const;
type Kind = keyof typeof kinds;

/** One condition: on a field, or on what a player did. */
export function FilterForm({ range, onlyPlayers, onAdd }: Props) {
  const [kind, setKind] = useState<Kind>(onlyPlayers ? 'did' : 'field');
  return (
    <div className="filter-form" role="group" aria-label="New filter">
      <select
        className="field compact narrow"
        aria-label="Kind of filter"
        value={kind}
        onChange={(event) => setKind(event.target.value as Kind)}
        autoFocus
      >
        {Object.entries(kinds).map(([name, label]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
      {kind === 'field' ? (
        <FieldForm onlyPlayers={onlyPlayers} onAdd={onAdd} />
      ) : (
        <DoneForm key={kind} did={kind === 'did'} range={range} onAdd={onAdd} />
      )}
    </div>
  );
}

/** The parts of a condition on a field; `filter` is null until it says something. */
function useField(first: string) {
  const [field, setField] = useState(first);
  const [is, setIs] = useState<Operator>('equals');
  const [text, setText] = useState('');
  const many = is === 'in' || is === 'not_in';
  const values = (many ? text.split(',') : [text]).map((value) => value.trim()).filter(Boolean);
  const valid = isField(field) && (takesNone(is) || values.length > 0);
  const filter: FieldFilter | null = valid ? { field, is, values: takesNone(is) ? [] : values } : null;
  return { field, setField, is, setIs, text, setText, many, filter };
}

function FieldForm({ onlyPlayers, onAdd }: Omit<Props, 'range'>) {
  const state = useField(onlyPlayers ? 'player.country' : 'country');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (state.filter) onAdd(state.filter);
  };
  const fields = onlyPlayers
    ? [...playerFields, 'player.property.']
    : [...eventFields, ...playerFields, 'property.', 'player.property.'];
  const fits = state.filter !== null && (!onlyPlayers || state.field.startsWith('player.'));
  return (
    <form className="filter-parts" onSubmit={submit}>
      <FieldInputs state={state} fields={fields} label="" />
      <button type="submit" className="button primary" disabled={!fits}>
        Add
      </button>
    </form>
  );
}

interface InputsProps {
  state: ReturnType<typeof useField>;
  fields: string[];
  /** Stands before the names of the inputs, where there are several. */
  label: string;
}

function FieldInputs({ state, fields, label }: InputsProps) {
  const id = useId();
  const named = (name: string) => (label ? `${label} ${name.toLowerCase()}` : name);
  return (
    <>
      <input
        className="field compact"
        list={id}
        aria-label={named('Field')}
        placeholder={label ? 'only where, such as property.product' : undefined}
        value={state.field}
        onChange={(event) => state.setField(event.target.value.trim())}
      />
      <datalist id={id}>
        {fields.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </datalist>
      {(label === '' || state.field !== '') && (
        <>
          <select
            className="field compact narrow"
            aria-label={named('Condition')}
            value={state.is}
            onChange={(event) => state.setIs(event.target.value as Operator)}
          >
            {Object.entries(operators).map(([name, word]) => (
              <option key={name} value={name}>
                {word}
              </option>
            ))}
          </select>
          {!takesNone(state.is) && (
            <input
              className="field compact"
              aria-label={named('Value')}
              placeholder={state.many ? 'values, with commas' : 'value'}
              value={state.text}
              onChange={(event) => state.setText(event.target.value)}
            />
          )}
        </>
      )}
    </>
  );
}

interface DoneProps {
  did: boolean;
  range: DateRange;
  onAdd: (filter: Filter) => void;
}

function DoneForm({ did, range, onAdd }: DoneProps) {
  const names = useQuery(eventNamesQuery(useApi(), range)).data ?? [];
  const [event, setEvent] = useState('');
  const [times, setTimes] = useState('1');
  const [days, setDays] = useState('30');
  const where = useField('');
  const [atLeast, within] = [Number(times), Number(days)];
  const counts = Number.isInteger(atLeast) && atLeast >= 1 && Number.isInteger(within) && within >= 0;
  const valid = counts && within <= limits.days && (where.field === '' || where.filter !== null);
  const submit = (submitted: FormEvent) => {
    submitted.preventDefault();
    if (valid) onAdd({ did, event, atLeast, days: within, ...(where.filter ? { where: where.filter } : {}) });
  };
  return (
    <form className="filter-parts" onSubmit={submit}>
      <select
        className="field compact narrow"
        aria-label="Event"
        value={event}
        onChange={(changed) => setEvent(changed.target.value)}
      >
        <option value="">any event</option>
        {names.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <Count label="at least" unit="times" value={times} min={1} max={limits.times} onChange={setTimes} />
      <Count label="in the last" unit="days" value={days} min={0} max={limits.days} onChange={setDays} />
      <FieldInputs state={where} fields={[...eventFields, 'property.']} label="Where" />
      <button type="submit" className="button primary" disabled={!valid}>
        Add
      </button>
      <p className="fine muted">0 days: in the range. Days are counted back from the last day of the range.</p>
    </form>
  );
}

interface CountProps {
  label: string;
  unit: string;
  value: string;
  min: number;
  max: number;
  onChange: (value: string) => void;
}

function Count({ label, unit, value, min, max, onChange }: CountProps) {
  const id = useId();
  return (
    <span className="picker">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="field compact count-field"
        type="number"
        min={min}
        max={max}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {unit}
    </span>
  );
}
