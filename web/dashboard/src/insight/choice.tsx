import { useId } from 'react';

interface Props {
  label: string;
  value: string;
  choices: [value: string, name: string][];
  onChange: (value: string) => void;
}

/** A labelled list of choices, the browser's own. */
export function Choice({ label, value, choices, onChange }: Props) {
  const id = useId();
  return (
    <div className="choice">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="field compact narrow" value={value} onChange={(event) => onChange(event.target.value)}>
        {choices.map(([choice, name]) => (
          <option key={choice} value={choice}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
