import { useState } from 'react';
import type { SqlAnswer, SqlCell } from '../../api/sql';
import { formatNumber } from '../../format/numbers';

const pageSize = 100;
// A longer text is cut in its cell until somebody wants all of it.
const longText = 80;

const isNumeric = (type: string) => type === 'integer' || type === 'number';

// A sum of prices has noise behind the digits that a double can promise. The CSV has all of them.
const sureDigits = 15;
const withoutNoise = (cell: SqlCell): SqlCell =>
  typeof cell === 'number' ? Number(cell.toPrecision(sureDigits)) : cell;

/** The rows as they came, a hundred at a time; numbers as their digits, since they may be ids as well. */
export function ResultTable({ answer }: { answer: SqlAnswer }) {
  const [page, setPage] = useState(0);
  const { columns, rows } = answer;
  if (rows.length === 0) return <p className="empty">The statement is answered with no row.</p>;
  const begin = page * pageSize;
  return (
    <>
      <div className="table-scroll sql-table" role="region" aria-label="Rows of the answer" tabIndex={0}>
        <table className="data-table">
          <thead>
            <tr>
              {columns.map(({ name, type }, index) => (
                // Two columns of an answer may have the same name.
                // oxlint-disable-next-line react/no-array-index-key
                <th key={index} scope="col" className={isNumeric(type) ? 'numeric' : undefined}>
                  {name} <span className="sql-type">{type}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(begin, begin + pageSize).map((row, index) => (
              // Rows of an answer have no other identity than their place in it.
              // oxlint-disable-next-line react/no-array-index-key
              <tr key={begin + index}>
                {row.map((cell, place) => (
                  // oxlint-disable-next-line react/no-array-index-key
                  <td key={place} className={isNumeric(columns[place]?.type ?? '') ? 'numeric' : undefined}>
                    <Cell value={columns[place]?.type === 'number' ? withoutNoise(cell) : cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pages begin={begin} total={rows.length} onPage={setPage} />
    </>
  );
}

function Cell({ value }: { value: SqlCell }) {
  const [open, setOpen] = useState(false);
  if (value === null) return <span className="sql-null">null</span>;
  const text = String(value);
  if (text.length <= longText) return text;
  return (
    <button type="button" className={`sql-long${open ? ' is-open' : ''}`} aria-expanded={open} onClick={() => setOpen(!open)}>
      {text}
    </button>
  );
}

interface PagesProps {
  begin: number;
  total: number;
  onPage: (page: number) => void;
}

function Pages({ begin, total, onPage }: PagesProps) {
  if (total <= pageSize) return null;
  const page = begin / pageSize;
  const last = Math.ceil(total / pageSize) - 1;
  const steps: [label: string, target: number][] = [
    ['First', 0],
    ['Previous', Math.max(0, page - 1)],
    ['Next', Math.min(last, page + 1)],
    ['Last', last],
  ];
  return (
    <nav className="paging" aria-label="Pages of rows">
      {steps.map(([label, target]) => (
        <button key={label} type="button" className="button" disabled={target === page} onClick={() => onPage(target)}>
          {label}
        </button>
      ))}
      <span className="muted fine">
        Rows {formatNumber(begin + 1, 'count')} to {formatNumber(Math.min(total, begin + pageSize), 'count')} of{' '}
        {formatNumber(total, 'count')}
      </span>
    </nav>
  );
}
