/** Where a refusal points to: offsets into the statement, and what it says without the place. */
export interface ErrorPlace {
  line: number;
  column: number;
  offset: number;
  sentence: string;
}

// The server counts lines and columns from 1, columns in characters as people count them, not in UTF-16 units.
export function errorPlace(sql: string, message: string): ErrorPlace | null {
  const match = /^line (\d+), column (\d+): ([\s\S]*)$/.exec(message);
  if (!match) return null;
  const [line, column] = [Number(match[1]), Number(match[2])];
  const lines = sql.split('\n');
  const text = lines[line - 1];
  if (text === undefined) return null;
  const before = lines.slice(0, line - 1).reduce((sum, earlier) => sum + earlier.length + 1, 0);
  const within = [...text].slice(0, column - 1).join('').length;
  return { line, column, offset: before + within, sentence: match[3] ?? '' };
}
