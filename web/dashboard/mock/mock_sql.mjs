// The SQL of mock_api: it knows one table, and answers every SELECT with the same rows of it.
import { dateOf, dayFacts } from './mock_data.mjs';

const columns = [
  ['date', 'DATE', 'day of the project'],
  ['players', 'BIGINT', 'active players'],
  ['new_players', 'BIGINT', 'players seen for the first time'],
  ['revenue', 'DOUBLE', 'in the reporting currency'],
];

export const sqlTables = {
  contract: 1,
  tables: [{ name: 'days', meaning: 'one row a day', columns: columns.map(([name, type, meaning]) => ({ name, type, meaning })) }],
};

/** `{ answer }`, or `{ status, code, detail }` of a refusal. */
export function answerSql(sql) {
  const unknown = /\bnonsense\b/.exec(sql);
  if (unknown) {
    const before = sql.slice(0, unknown.index).split('\n');
    const place = `line ${before.length}, column ${before.at(-1).length + 1}`;
    return { status: 400, code: 'gm-sql-failed', detail: `${place}: there is no column "nonsense"` };
  }
  if (!/^\s*(?:--[^\n]*\n\s*)*(?:select|with)\b/i.test(sql))
    return { status: 400, code: 'gm-sql-refused', detail: 'only SELECT is offered here' };
  const now = Date.now();
  const today = dateOf(now);
  const rows = Array.from({ length: 30 }, (_, days) => {
    const date = dateOf(now - days * 86_400_000);
    const facts = dayFacts(date, today);
    return [date, facts.newPlayers + facts.returning, facts.newPlayers, facts.revenue];
  });
  const types = ['date', 'integer', 'integer', 'number'];
  return {
    answer: {
      contract: 1,
      as_of: new Date(now).toISOString(),
      row_count: rows.length,
      columns: columns.map(([name], index) => ({ name, type: types[index] })),
      rows,
    },
  };
}
