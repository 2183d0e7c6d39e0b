import { Choice } from './choice';

interface Props {
  label: string;
  /** What it means to choose none. */
  none: string;
  names: string[];
  value: string | undefined;
  onPick: (event: string | undefined) => void;
}

/** One of the events of the range, or none. A link may name an event that the range does not have. */
export function EventChoice({ label, none, names, value, onPick }: Props) {
  const all = value === undefined || names.includes(value) ? names : [value, ...names];
  return (
    <Choice
      label={label}
      value={value ?? ''}
      choices={[['', none], ...all.map((name): [string, string] => [name, name])]}
      onChange={(name) => onPick(name || undefined)}
    />
  );
}
