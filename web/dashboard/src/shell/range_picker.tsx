import { useEffect, useId, useRef, useState, type FormEvent } from 'react';
import { addDays, dateRange } from '../format/dates';
import { formatNumber } from '../format/numbers';
import {
  defaultPreset,
  longestRangeDays,
  presets,
  type Preset,
  type RangeSearch,
  type ResolvedRange,
} from '../state/range';
import { useShortcuts } from './shortcuts';

interface Props {
  range: ResolvedRange;
  today: string;
  onPick: (range: RangeSearch) => void;
}

const names = Object.keys(presets) as Preset[];

export function RangePicker({ range, today, onPick }: Props) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const pick = (preset: Preset) => {
    setOpen(false);
    onPick(preset === defaultPreset ? {} : { range: preset });
  };
  useShortcuts({ w: () => pick('7d'), m: () => pick('30d'), q: () => pick('90d'), c: () => setOpen(true) });

  useEffect(() => {
    if (!open) return;
    const closeOutside = (event: PointerEvent) => !root.current?.contains(event.target as Node) && setOpen(false);
    const closeByKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      root.current?.querySelector<HTMLButtonElement>('[aria-expanded]')?.focus();
    };
    document.addEventListener('pointerdown', closeOutside);
    document.addEventListener('keydown', closeByKey);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      document.removeEventListener('keydown', closeByKey);
    };
  }, [open]);

  return (
    <div className="range-picker" ref={root}>
      <fieldset className="segmented" aria-label="Date range">
        {names.map((name) => (
          <button key={name} type="button" aria-pressed={range.preset === name} onClick={() => pick(name)}>
            {presets[name]} days
          </button>
        ))}
        <button type="button" aria-pressed={range.preset === null} aria-expanded={open} onClick={() => setOpen(!open)}>
          {range.preset === null ? dateRange(range.from, range.to) : 'Custom'}
        </button>
      </fieldset>
      {open && (
        <CustomRange
          range={range}
          today={today}
          onPick={(from, to) => {
            setOpen(false);
            onPick({ from, to });
          }}
        />
      )}
    </div>
  );
}

function CustomRange({
  range,
  today,
  onPick,
}: {
  range: ResolvedRange;
  today: string;
  onPick: (from: string, to: string) => void;
}) {
  const [from, setFrom] = useState(range.from);
  const [to, setTo] = useState(range.to);
  const id = useId();
  const valid = from !== '' && to !== '' && from <= to && from > addDays(to, -longestRangeDays);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (valid) onPick(from, to);
  };
  return (
    <form className="popover range-form" onSubmit={submit} aria-label="Custom date range">
      <label htmlFor={`${id}-from`}>From</label>
      {/* The popover was opened to type dates. */}
      <input
        id={`${id}-from`}
        className="field"
        type="date"
        value={from}
        max={today}
        onChange={(event) => setFrom(event.target.value)}
        autoFocus
      />
      <label htmlFor={`${id}-to`}>To</label>
      <input
        id={`${id}-to`}
        className="field"
        type="date"
        value={to}
        max={today}
        onChange={(event) => setTo(event.target.value)}
      />
      <button type="submit" className="button primary" disabled={!valid}>
        Apply
      </button>
      <p className="fine muted">
        {from > to ? 'The first day lies after the last one.' : `At most ${formatNumber(longestRangeDays, 'count')} days.`}
      </p>
    </form>
  );
}
