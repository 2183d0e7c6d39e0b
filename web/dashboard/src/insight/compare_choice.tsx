import { useShortcuts } from '../shell/shortcuts';
import { comparisons, type Comparison } from '../state/compare';
import { Choice } from './choice';

interface Props {
  value: Comparison | undefined;
  onChange: (value: Comparison | undefined) => void;
}

/** Puts another range beside the one that is shown. */
export function CompareChoice({ value, onChange }: Props) {
  useShortcuts({ x: () => onChange(value === undefined ? 'previous' : undefined) });
  return (
    <Choice
      label="Compare with"
      value={value ?? ''}
      choices={[['', 'Nothing'], ...Object.entries(comparisons)]}
      onChange={(name) => onChange((name || undefined) as Comparison | undefined)}
    />
  );
}
