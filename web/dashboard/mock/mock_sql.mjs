// The SQL of mock_api: it knows one table, and answers nearly every SELECT with the same rows of it.
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
export function answerSql(sql, feed) {
  const unknown = /\bnonsense\b/.exec(sql);
  if (unknown) {
    const before = sql.slice(0, unknown.index).split('\n');
    const place = `line ${before.length}, column ${before.at(-1).length + 1}`;
    return { status: 400, code: 'gm-sql-failed', detail: `${place}: there is no column "nonsense"` };
  }
  if (!/^\s*(?:--[^\n]*\n\s*)*(?:select|with)\b/i.test(sql))
    return { status: 400, code: 'gm-sql-refused', detail: 'only SELECT is offered here' };
  if (sql.startsWith('SELECT source FROM events')) return { answer: answerOf([['source', 'text']], [['native']]) };
  if (sql.includes('FROM event_days')) return { answer: answerOf(eventNameColumns, eventNames(feed)) };
  if (sql.startsWith('SELECT properties FROM events'))
    return { answer: answerOf([['properties', 'text']], feed.map(({ properties }) => [JSON.stringify(properties)])) };
  const types = ['date', 'integer', 'integer', 'number'];
  return { answer: answerOf(columns.map(([name], index) => [name, types[index]]), lastDays()) };
}

const answerOf = (named, rows) => ({
  contract: 1,
  as_of: new Date().toISOString(),
  row_count: rows.length,
  columns: named.map(([name, type]) => ({ name, type })),
  rows,
});

const eventNameColumns = [
  ['event', 'text'],
  ['events', 'integer'],
  ['first_day', 'date'],
  ['last_day', 'date'],
];

function eventNames(feed) {
  const counts = new Map();
  for (const { event } of feed) counts.set(event, (counts.get(event) ?? 0) + 1);
  const today = dateOf(Date.now());
  return [...counts].map(([event, events]) => [event, events, today, today]).toSorted((a, b) => b[1] - a[1]);
}

function lastDays() {
  const now = Date.now();
  const today = dateOf(now);
  return Array.from({ length: 30 }, (_, days) => {
    const date = dateOf(now - days * 86_400_000);
    const facts = dayFacts(date, today);
    return [date, facts.newPlayers + facts.returning, facts.newPlayers, facts.revenue];
  });
}
