import { useEffect, useId, useRef, useState } from 'react';
import type { Explanation } from '../api/types';
import { formatNumber } from '../format/numbers';
import { InfoIcon } from '../shell/icons';

interface Props {
  about: string;
  explanations: Explanation[];
  /** How the shown number comes from the daily ones. */
  note?: string | undefined;
}

/** The (i) beside a title: what the number means, in the API's own words, on hover, focus and click. */
export function Definition({ about, explanations, note }: Props) {
  const [open, setOpen] = useState(false);
  const [side, setSide] = useState<'left' | 'right'>('left');
  const root = useRef<HTMLSpanElement>(null);
  const id = useId();

  const show = () => {
    const left = root.current?.getBoundingClientRect().left ?? 0;
    setSide(left > window.innerWidth / 2 ? 'right' : 'left');
    setOpen(true);
  };
  useEffect(() => {
    if (!open) return;
    const close = (event: KeyboardEvent) => event.key === 'Escape' && setOpen(false);
    document.addEventListener('keydown', close);
    return () => document.removeEventListener('keydown', close);
  }, [open]);

  return (
    <span className="definition" ref={root} onMouseEnter={show} onMouseLeave={() => setOpen(false)}>
      <button
        type="button"
        className="icon-button small"
        aria-label={`Definition of ${about}`}
        aria-describedby={open ? id : undefined}
        onFocus={show}
        onBlur={() => setOpen(false)}
        onClick={show}
      >
        <InfoIcon />
      </button>
      {open && (
        <span role="tooltip" id={id} className={`tip tip-${side}`}>
          {explanations.map((explanation) => (
            <span className="tip-entry" key={explanation.metric}>
              <strong>{explanation.title}</strong>
              <span>{explanation.definition}</span>
            </span>
          ))}
          {note && <span className="tip-entry">{note}</span>}
          {explanations[0] && <ExplanationFacts explanation={explanations[0]} />}
        </span>
      )}
    </span>
  );
}

function ExplanationFacts({ explanation }: { explanation: Explanation }) {
  const facts = [
    `Window: ${explanation.window}`,
    `Time zone: ${explanation.timezone}`,
    `Late events: ${formatNumber(explanation.late_share, 'share')}`,
    explanation.complete ? 'Complete' : 'Not final yet',
  ];
  return <span className="tip-facts">{facts.join(' · ')}</span>;
}
