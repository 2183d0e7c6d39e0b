import { useState } from 'react';

interface Props {
  label: string;
  /** What will have happened, as a question. */
  question: string;
  /** For those who do not see which row the button is in. */
  about: string;
  disabled?: boolean;
  onConfirm: () => void;
}

/** Does nothing at the first press but ask; the second button is where the first one was. */
export function ConfirmButton({ label, question, about, disabled = false, onConfirm }: Props) {
  const [asks, setAsks] = useState(false);
  if (!asks)
    return (
      <button type="button" className="button quiet" disabled={disabled} onClick={() => setAsks(true)} aria-label={`${label}: ${about}`}>
        {label}
      </button>
    );
  return (
    <span className="confirm" role="group" aria-label={question}>
      <span className="fine">{question}</span>
      <button
        type="button"
        className="button danger"
        autoFocus
        onClick={() => {
          setAsks(false);
          onConfirm();
        }}
      >
        {label}
      </button>
      <button type="button" className="button quiet" onClick={() => setAsks(false)}>
        Keep
      </button>
    </span>
  );
}
