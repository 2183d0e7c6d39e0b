import { useId, type HTMLInputTypeAttribute } from 'react';

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  type?: HTMLInputTypeAttribute;
  /** What the browser may fill in, e.g. "current-password". */
  autoComplete: string;
  note?: string;
  focused?: boolean;
  mono?: boolean;
  numeric?: boolean;
  placeholder?: string;
  invalid?: boolean;
}

/** A labelled line to type into, with what has to be known about it. */
export function TextField(props: Props) {
  const { label, value, onChange, type = 'text', autoComplete, note, focused = false, mono = false, numeric = false } = props;
  const id = useId();
  return (
    <div className="text-field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className={mono ? 'field mono' : 'field'}
        type={type}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        autoFocus={focused}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        {...(numeric ? { inputMode: 'numeric' as const } : {})}
        {...(props.placeholder ? { placeholder: props.placeholder } : {})}
        {...(note ? { 'aria-describedby': `${id}-note` } : {})}
        {...(props.invalid ? { 'aria-invalid': true } : {})}
      />
      {note && (
        <p id={`${id}-note`} className="fine muted">
          {note}
        </p>
      )}
    </div>
  );
}
