export function Legend({ entries }: { entries: { label: string; swatch: string }[] }) {
  return (
    <ul>
      {entries.map((entry) => (
        <li key={entry.label}>
          <i className={`swatch swatch-${entry.swatch}`} aria-hidden="true" />
          {entry.label}
        </li>
      ))}
    </ul>
  );
}
