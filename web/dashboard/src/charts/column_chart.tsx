export interface Column {
  label: string;
  value: number;
  shown: string;
  /** What a click on the column does, in words. Without it the column is no button. */
  action?: string;
  onPick?: () => void;
}

interface Props {
  label: string;
  columns: Column[];
}

/** Upright bars of a distribution. Each says its number; where there is something behind it, it is a button. */
export function ColumnChart({ label, columns }: Props) {
  const highest = Math.max(1, ...columns.map((column) => column.value));
  return (
    <ul className="columns" aria-label={label}>
      {columns.map((column) => (
        <li key={column.label} data-column={column.label}>
          {column.onPick && column.value > 0 ? (
            <button type="button" className="column" title={column.action} onClick={column.onPick}>
              <ColumnBody column={column} share={column.value / highest} />
              <span className="sr-only">{column.action}</span>
            </button>
          ) : (
            <div className="column">
              <ColumnBody column={column} share={column.value / highest} />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

function ColumnBody({ column, share }: { column: Column; share: number }) {
  return (
    <>
      <span className="column-value" data-value="">
        {column.shown}
      </span>
      <svg className="column-bar" viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true">
        <rect className="bar-fill" y={100 - share * 100} width="10" height={Math.max(share * 100, 0.7)} />
      </svg>
      <span className="column-label">{column.label}</span>
    </>
  );
}
