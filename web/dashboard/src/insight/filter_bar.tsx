import { useId, useState, type FormEvent } from 'react';
import {
  eventFields,
  fieldName,
  isField,
  operators,
  playerFields,
  readBreakdown,
  readFilters,
  takesNone,
  writeBreakdown,
  writeFilters,
  type Filter,
  type FilterSearch,
  type Operator,
} from '../state/filters';

interface Props {
  search: FilterSearch;
  update: (change: { filters?: string | undefined; breakdown?: string | undefined }) => void;
  /** How many fields may break the numbers down; 0 hides the choice. */
  breakdownMax?: number;
}

const fields = [...eventFields, ...playerFields];
const filterText = ({ field, is, values }: Filter) =>
  [fieldName(field), operators[is], values.join(', ')].filter(Boolean).join(' ');

/** What narrows and splits the numbers of a page; always in sight, and all of it in the address. */
export function FilterBar({ search, update, breakdownMax = 1 }: Props) {
  const filters = readFilters(search.filters);
  const breakdown = readBreakdown(search.breakdown);
  const [adds, setAdds] = useState(false);
  const setFilters = (next: Filter[]) => update({ filters: writeFilters(next) });
  return (
    <div className="filter-bar" role="group" aria-label="Filters">
      {filters.map((filter, index) => (
        <Chip
          key={`${filterText(filter)}-${filters.length - index}`}
          text={filterText(filter)}
          onRemove={() => setFilters(filters.filter((_, other) => other !== index))}
        />
      ))}
      <button type="button" className="button quiet" aria-expanded={adds} onClick={() => setAdds(!adds)}>
        + Filter
      </button>
      {breakdownMax > 0 && (
        <BreakdownPicker
          chosen={breakdown}
          max={breakdownMax}
          onChange={(next) => update({ breakdown: writeBreakdown(next) })}
        />
      )}
      {adds && (
        <FilterForm
          onAdd={(filter) => {
            setAdds(false);
            setFilters([...filters, filter]);
          }}
        />
      )}
    </div>
  );
}

function Chip({ text, onRemove }: { text: string; onRemove: () => void }) {
  return (
    <span className="chip">
      {text}
      <button type="button" aria-label={`Remove: ${text}`} onClick={onRemove}>
        ×
      </button>
    </span>
  );
}

interface BreakdownProps {
  chosen: string[];
  max: number;
  onChange: (fields: string[]) => void;
}

function BreakdownPicker({ chosen, max, onChange }: BreakdownProps) {
  return (
    <>
      {chosen.map((field) => (
        <Chip
          key={field}
          text={`by ${fieldName(field)}`}
          onRemove={() => onChange(chosen.filter((other) => other !== field))}
        />
      ))}
      {chosen.length < max && (
        <select
          className="field compact narrow"
          aria-label="Break down by"
          value=""
          onChange={(event) => onChange([...chosen, event.target.value])}
        >
          <option value="">Break down by…</option>
          {fields
            .filter((field) => !chosen.includes(field) && field !== 'session')
            .map((field) => (
              <option key={field} value={field}>
                {fieldName(field)}
              </option>
            ))}
        </select>
      )}
    </>
  );
}

function FilterForm({ onAdd }: { onAdd: (filter: Filter) => void }) {
  const [field, setField] = useState('country');
  const [is, setIs] = useState<Operator>('equals');
  const [text, setText] = useState('');
  const id = useId();
  const many = is === 'in' || is === 'not_in';
  const values = (many ? text.split(',') : [text]).map((value) => value.trim()).filter(Boolean);
  const valid = isField(field) && (takesNone(is) || values.length > 0);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (valid) onAdd({ field, is, values: takesNone(is) ? [] : values });
  };
  return (
    <form className="filter-form" aria-label="New filter" onSubmit={submit}>
      <input
        className="field compact"
        list={id}
        aria-label="Field"
        value={field}
        onChange={(event) => setField(event.target.value.trim())}
        autoFocus
      />
      <datalist id={id}>
        {[...fields, 'property.', 'player.property.'].map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </datalist>
      <select
        className="field compact narrow"
        aria-label="Condition"
        value={is}
        onChange={(event) => setIs(event.target.value as Operator)}
      >
        {Object.entries(operators).map(([name, word]) => (
          <option key={name} value={name}>
            {word}
          </option>
        ))}
      </select>
      {!takesNone(is) && (
        <input
          className="field compact"
          aria-label="Value"
          placeholder={many ? 'values, with commas' : 'value'}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      <button type="submit" className="button primary" disabled={!valid}>
        Add
      </button>
    </form>
  );
}
