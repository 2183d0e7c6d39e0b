import { useState } from 'react';
import {
  eventFields,
  fieldName,
  filterText,
  playerFields,
  readBreakdown,
  readFilters,
  writeBreakdown,
  writeFilters,
  type Filter,
  type FilterSearch,
} from '../state/filters';
import type { DateRange } from '../state/range';
import { FilterForm } from './filter_form';

interface Props {
  search: FilterSearch;
  update: (change: { filters?: string | undefined; breakdown?: string | undefined }) => void;
  /** How many fields may break the numbers down; 0 hides the choice. */
  breakdownMax?: number;
  /** Whose events are offered to what a player did. */
  range: DateRange;
  onlyPlayers?: boolean;
}

const fields = [...eventFields, ...playerFields];

/** What narrows and splits the numbers of a page; always in sight, and all of it in the address. */
export function FilterBar({ search, update, breakdownMax = 1, range, onlyPlayers = false }: Props) {
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
          range={range}
          onlyPlayers={onlyPlayers}
          onAdd={(filter) => {
            setAdds(false);
            setFilters([...filters, filter]);
          }}
        />
      )}
    </div>
  );
}

export function Chip({ text, onRemove }: { text: string; onRemove: () => void }) {
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
