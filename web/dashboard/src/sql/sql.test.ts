import { describe, expect, test, vi } from 'vitest';
import { parseAnswer } from '../api/sql';
import { fitsAddress, sqlSearch } from '../pages/sql/sql_search';
import { indent, newLine, outdent, type Edit, type Selected } from './editing';
import { errorPlace } from './error_place';
import { forget, historyText, parseHistory, remember, subscribe } from './history';
import { tokensOf } from './tokens';

describe('tokens', () => {
  const kinds = (sql: string) => tokensOf(sql).map(({ kind, text }) => `${kind}:${text}`);

  test('keywords, texts, names, numbers and comments are told apart', () => {
    expect(kinds(`Select "a b", 'it''s', 1.5e3 FROM days -- from`)).toEqual([
      'keyword:Select',
      'plain: ',
      'name:"a b"',
      'plain:, ',
      `text:'it''s'`,
      'plain:, ',
      'number:1.5e3',
      'plain: ',
      'keyword:FROM',
      'plain: days ',
      'comment:-- from',
    ]);
  });

  test('a keyword inside of a name or a text is none', () => {
    expect(kinds(`from_day 'select'`)).toEqual(['plain:from_day ', `text:'select'`]);
  });

  test('joined they are the statement, also one that is not finished', () => {
    for (const sql of ['', `SELECT 'open`, '/* open\nSELECT', `"`, `a--b\n'c'/**/d`, '🎮 = 1'])
      expect(
        tokensOf(sql)
          .map(({ text }) => text)
          .join(''),
      ).toBe(sql);
  });
});

describe('the place of an error', () => {
  test('lines and columns become an offset', () => {
    const sql = 'SELECT date,\n  nonsense\nFROM days';
    const place = errorPlace(sql, 'line 2, column 3: no such column');
    expect(place).toEqual({ line: 2, column: 3, offset: sql.indexOf('nonsense'), sentence: 'no such column' });
  });

  test('a character of two units is one column', () => {
    const sql = `SELECT '🎮', x`;
    expect(errorPlace(sql, 'line 1, column 13: x')?.offset).toBe(sql.indexOf('x'));
  });

  test('a message without a place, or with one that is not there, has none', () => {
    expect(errorPlace('SELECT 1', 'one statement a request')).toBeNull();
    expect(errorPlace('SELECT 1', 'line 7, column 1: x')).toBeNull();
  });
});

describe('editing', () => {
  // [ and ] stand for the two ends of the selection.
  const marked = (text: string): Selected => {
    const start = text.indexOf('[');
    const end = text.indexOf(']') - 1;
    return { text: text.replace('[', '').replace(']', ''), start, end };
  };
  const after = (text: string, change: (selected: Selected) => Edit): string => {
    const selected = marked(text);
    const { from, to, insert, start, end } = change(selected);
    const done = selected.text.slice(0, from) + insert + selected.text.slice(to);
    return `${done.slice(0, start)}[${done.slice(start, end)}]${done.slice(end)}`;
  };

  test('Tab at the caret is two spaces, over lines it moves them all', () => {
    expect(after('a[]b', indent)).toBe('a  []b');
    expect(after('x\na[b\nc]d', indent)).toBe('x\n  a[b\n  c]d');
  });

  test('Shift+Tab takes back what is there, and no more', () => {
    expect(after('  a[]b', outdent)).toBe('a[]b');
    expect(after(' a[b\n    c]d\nx', outdent)).toBe('a[b\n  c]d\nx');
    expect(after('a\n [] b', outdent)).toBe('a\n[]b');
    expect(after('[]', outdent)).toBe('[]');
  });

  test('a new line begins where the one before does', () => {
    expect(after('  a[]b', newLine)).toBe('  a\n  []b');
    expect(after('[a]', newLine)).toBe('\n[]');
  });
});

describe('history', () => {
  const past = (sql: string, rows: number | null = 1) => ({ sql, at: '2026-11-26T10:00:00.000Z', rows });
  const kept = (project: number) => parseHistory(historyText(project)).map(({ sql }) => sql);

  test('newest first, each once, each project its own, and subscribers hear of it', () => {
    const listener = vi.fn();
    const unsubscribe = subscribe(listener);
    for (const sql of ['a', 'b', 'a']) remember(1, past(sql));
    remember(2, past('other', null));
    expect([kept(1), kept(2)]).toEqual([['a', 'b'], ['other']]);
    expect(listener).toHaveBeenCalledTimes(4);
    unsubscribe();
    forget(1);
    expect(kept(1)).toEqual([]);
    expect(listener).toHaveBeenCalledTimes(4);
  });

  test('it does not grow without end', () => {
    for (let n = 0; n < 60; n += 1) remember(1, past(`SELECT ${n}`));
    expect([kept(1).length, kept(1)[0]]).toEqual([50, 'SELECT 59']);
  });

  test('what somebody else wrote there is dropped', () => {
    expect(parseHistory('{"sql":1}')).toEqual([]);
    expect(parseHistory('[{"sql":"a","at":"t","rows":"x"},null,{"sql":"b","at":"t","rows":null}]')).toEqual([
      { sql: 'b', at: 't', rows: null },
    ]);
  });
});

describe('answers', () => {
  test('whole numbers beyond 2^53 keep their digits where the browser can tell them', () => {
    const [[long, text]] = parseAnswer('{"rows":[[9007199254740993,"[1234567890123456789]"]]}').rows as [[unknown, string]];
    expect(text).toBe('[1234567890123456789]');
    // Only newer engines hand the digits to a reviver; the others round, as every JSON does.
    const exact = 'rawJSON' in JSON;
    expect(long).toBe(exact ? '9007199254740993' : 9007199254740992);
  });
});

describe('the address', () => {
  test('holds a statement as it is, with its lines', () => {
    expect(sqlSearch({ sql: 'SELECT 1\n  + 2', range: '7d' })).toEqual({ sql: 'SELECT 1\n  + 2', range: '7d' });
  });

  test('holds none that is empty or too long for a server to take in its headers', () => {
    expect(sqlSearch({ sql: '  ' })).toEqual({});
    expect(fitsAddress('é'.repeat(800))).toBe(true);
    expect(sqlSearch({ sql: 'é'.repeat(900) })).toEqual({});
  });
});
