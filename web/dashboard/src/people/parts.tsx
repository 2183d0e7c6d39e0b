import type { UseQueryResult } from '@tanstack/react-query';
import { useId, type FormEvent, type ReactNode } from 'react';
import { LoadFailure } from '../charts/chart_card';
import { whyNot, type Action } from '../session/rights';
import { useMay, useSession } from '../session/session';

interface CardProps {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
}

export function PeopleCard({ title, lead, children }: CardProps) {
  const id = useId();
  return (
    <section className="card settings-card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {lead && <p className="muted">{lead}</p>}
      {children}
    </section>
  );
}

/** What needs a right, or the sentence that says which one is missing and who can give it. */
export function Allowed({ action, children }: { action: Action; children: ReactNode }) {
  const may = useMay();
  const { person } = useSession();
  if (may(action)) return children;
  return (
    <p className="fine muted" data-missing={action}>
      {whyNot(action, person?.place.organisation.role)}
    </p>
  );
}

interface ListedProps<Row> {
  rows: UseQueryResult<Row[]>;
  empty: string;
  children: (rows: Row[]) => ReactNode;
}

/** A list from the server: what it holds, that it is on its way, or why it did not come. */
export function Listed<Row>({ rows, empty, children }: ListedProps<Row>) {
  if (rows.data === undefined)
    return rows.isError ? (
      <LoadFailure error={rows.error} retry={() => void rows.refetch()} />
    ) : (
      <div className="skeleton-text" role="status" aria-label="Loading" />
    );
  return rows.data.length === 0 ? <p className="muted">{empty}</p> : children(rows.data);
}

/** What the server did not do, in its words. */
export const Refusal = ({ error }: { error: Error | null }) =>
  error && (
    <p className="field-problem" role="alert">
      {error.message}
    </p>
  );

export function Form({ label, onSubmit, children }: { label: string; onSubmit: () => void; children: ReactNode }) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className="people-form" aria-label={label} onSubmit={submit} noValidate>
      {children}
    </form>
  );
}

interface TableProps<Row> {
  caption: string;
  columns: string[];
  rows: Row[];
  keyOf: (row: Row) => number | string;
  cells: (row: Row) => ReactNode[];
}

/** Rows about people or keys. The last column holds what can be done with one. */
export function PeopleTable<Row>({ caption, columns, rows, keyOf, cells }: TableProps<Row>) {
  return (
    <div className="table-scroll" role="region" aria-label={caption} tabIndex={0}>
      <table className="data-table people-table">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} data-row={keyOf(row)}>
              {cells(row).map((cell, index) => (
                <td key={columns[index]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
