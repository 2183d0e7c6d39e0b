interface Props {
  values: (number | null)[];
}

const height = 28;
const width = 100;

/** Points of one stroke each; a missing value breaks the line, as there is nothing to connect. */
export function sparklineStrokes(values: (number | null)[]): string[] {
  const known = values.filter((value) => value !== null);
  const highest = Math.max(...known, 0);
  const lowest = Math.min(...known, highest);
  // A flat line lies at the bottom when it is all zero and in the middle otherwise.
  const span = highest - lowest;
  const y = (value: number) =>
    span === 0 ? (highest === 0 ? height - 2 : height / 2) : 2 + (height - 4) * (1 - (value - lowest) / span);
  const strokes: string[][] = [[]];
  values.forEach((value, index) => {
    if (value === null) strokes.push([]);
    else strokes.at(-1)?.push(`${round((index / Math.max(1, values.length - 1)) * width)},${round(y(value))}`);
  });
  return strokes.filter((points) => points.length > 1).map((points) => points.join(' '));
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** A shape without scale: the numbers are beside it and in the chart below. */
export function Sparkline({ values }: Props) {
  return (
    <svg className="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      {sparklineStrokes(values).map((points) => (
        <polyline key={points} points={points} />
      ))}
    </svg>
  );
}
