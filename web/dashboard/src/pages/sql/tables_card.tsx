import { useQuery } from '@tanstack/react-query';
import { sqlTablesQuery, type SqlTable } from '../../api/sql';
import { LoadFailure } from '../../charts/chart_card';
import { formatNumber } from '../../format/numbers';
import { useApi } from '../../session/session';

interface Props {
  onInsert: (text: string) => void;
}

/** What can be asked of; a name goes to the caret. */
export function TablesCard({ onInsert }: Props) {
  const tables = useQuery(sqlTablesQuery(useApi()));
  return (
    <section className="card sql-side" aria-labelledby="sql-tables-title">
      <h2 id="sql-tables-title">Tables</h2>
      {tables.data === undefined ? (
        tables.isError ? (
          <LoadFailure error={tables.error} retry={() => void tables.refetch()} />
        ) : (
          <div className="skeleton" role="status" aria-label="Loading" />
        )
      ) : (
        tables.data.tables.map((table) => <Table key={table.name} table={table} onInsert={onInsert} />)
      )}
    </section>
  );
}

function Table({ table, onInsert }: { table: SqlTable; onInsert: (text: string) => void }) {
  return (
    <details data-table={table.name}>
      <summary>
        <span className="mono">{table.name}</span> <span className="muted fine">{formatNumber(table.columns.length, 'count')} columns</span>
      </summary>
      <p className="fine muted">{table.meaning}</p>
      <ul>
        {[{ name: table.name, type: 'table', meaning: table.meaning }, ...table.columns].map(({ name, type, meaning }) => (
          <li key={`${type} ${name}`}>
            <button type="button" title={meaning} aria-label={`Insert ${name}`} onClick={() => onInsert(name)}>
              <span className="mono">{name}</span>
              <span className="fine muted">{type.toLowerCase()}</span>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
