import type { Mark } from '../marks/marks';

interface Props {
  marks: Map<number, Mark[]>;
  positions: { short: string }[];
}

const toldMax = 6;

/** What the flags of a chart stand for, so that nobody has to point at them. */
export function MarksNote({ marks, positions }: Props) {
  const told = [...marks].flatMap(([index, those]) => those.map(({ text }) => ({ text, on: positions[index]?.short ?? '' })));
  if (told.length === 0) return null;
  return (
    <ul className="marks-note" data-marks={told.length} aria-label="What happened on these days">
      {told.slice(0, toldMax).map(({ text, on }) => (
        <li key={`${on} ${text}`}>
          <span aria-hidden="true">▾</span> {text} <span className="muted">{on}</span>
        </li>
      ))}
      {told.length > toldMax && <li className="muted">and {told.length - toldMax} more</li>}
    </ul>
  );
}
