import { expect, test } from 'vitest';
import type { Row } from '../api/questions';
import { readAll } from '../kept/kept';
import { buildsQuestion, marksByIndex, releasesOf } from './marks';
import { marksOf, noteLengthMax, readNote } from './notes';

const row = (build: string | null, date: string, value: number, other = false): Row => ({ build, date, value, other, series: 'A' });

test('the builds of the days before are asked for as well, so that an old one is not new', () => {
  expect(buildsQuestion('2026-11-15', '2026-11-20')).toMatchObject({ from: '2026-11-01', to: '2026-11-20', breakdown: ['build'] });
});

test('a release is the first day of a build that was not there before', () => {
  const rows = [
    row('1.0', '2026-11-14', 90),
    row('1.0', '2026-11-15', 80),
    row('1.1', '2026-11-14', 0),
    row('1.1', '2026-11-16', 20),
    row('1.1', '2026-11-17', 60),
    row('dev', '2026-11-17', 0.5),
    row(null, '2026-11-17', 30),
    row('x', '2026-11-17', 30, true),
  ];
  expect(releasesOf(rows, '2026-11-15')).toEqual([{ date: '2026-11-16', text: 'Build 1.1', kind: 'release' }]);
  expect(releasesOf([], '2026-11-15')).toEqual([]);
});

test('marks lie at their days, several on one, and nowhere else', () => {
  const mark = (date: string, text: string) => ({ date, text, kind: 'note' as const });
  const found = marksByIndex([mark('2026-11-02', 'a'), mark('2026-11-02', 'b'), mark('2026-12-01', 'c')], ['2026-11-01', '2026-11-02']);
  expect([...found]).toEqual([[1, [mark('2026-11-02', 'a'), mark('2026-11-02', 'b')]]]);
});

test('a note has a day and says something; other bodies are left out', () => {
  expect(readNote({ date: '2026-11-02', text: ' Sale ' })).toEqual({ date: '2026-11-02', text: 'Sale' });
  for (const body of [null, 'x', {}, { date: 'today', text: 'x' }, { date: '2026-11-02', text: ' ' }, { date: '2026-13-02', text: 'x' }])
    expect(readNote(body)).toBeNull();
  expect(readNote({ date: '2026-11-02', text: 'x'.repeat(500) })?.text).toHaveLength(noteLengthMax);
  const item = { id: 'a', changed_at: '', changed_by: 'key:1' };
  const kept = readAll([{ ...item, body: { date: '2026-11-02', text: 'Sale' } }, { ...item, body: null }], readNote);
  expect(marksOf(kept)).toEqual([{ date: '2026-11-02', text: 'Sale', kind: 'note' }]);
});
