import { describe, expect, test } from 'vitest';
import { toCsv } from './csv';
import { addDays, clockTime, dateIn, daysBetween, isDate } from './dates';
import { formatChange, formatCompact, formatNumber } from './numbers';

describe('numbers', () => {
  test('what is missing is a dash, never zero', () => {
    for (const kind of ['count', 'money', 'minutes', 'share'] as const) {
      expect(formatNumber(null, kind, 'USD')).toBe('–');
      expect(formatNumber(Number.NaN, kind, 'USD')).toBe('–');
    }
    expect(formatNumber(0, 'count')).toBe('0');
  });

  test('each kind has its own digits', () => {
    expect(formatNumber(1234567, 'count')).toBe('1,234,567');
    expect(formatNumber(38.44, 'count')).toBe('38.4');
    expect(formatNumber(12.25, 'minutes')).toBe('12.3');
    expect(formatNumber(0.3333, 'share')).toBe('33.3%');
    expect(formatNumber(4.5, 'money', 'USD')).toBe('$4.50');
    expect(formatNumber(12345.6, 'money', 'EUR')).toBe('€12,346');
    expect(formatNumber(0.0123, 'money', 'USD')).toBe('$0.0123');
    expect(formatNumber(5, 'money', 'not a currency')).toBe('5.00');
  });

  test('axes are short', () => {
    expect(formatCompact(1500, 'count')).toBe('1.5K');
    expect(formatCompact(2_000_000, 'money', 'USD')).toBe('$2M');
    expect(formatCompact(0.25, 'share')).toBe('25%');
    expect(formatCompact(0.5, 'count')).toBe('0.5');
  });

  test('changes', () => {
    expect(formatChange(0.042, 'relative')).toBe('4.2%');
    expect(formatChange(11, 'relative')).toBe('12×');
    expect(formatChange(0.013, 'points')).toBe('1.3 pp');
  });
});

describe('dates', () => {
  test('only real dates count', () => {
    expect(isDate('2026-02-28')).toBe(true);
    expect(isDate('2026-02-30')).toBe(false);
    expect(isDate('2026-2-3')).toBe(false);
    expect(isDate('yesterday')).toBe(false);
  });

  test('days are counted over months, leap days and changes of the clock', () => {
    expect(addDays('2026-10-24', 2)).toBe('2026-10-26');
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(3);
    expect(daysBetween('2026-01-01', '2026-01-01')).toBe(1);
  });

  test('today is a matter of the time zone', () => {
    const moment = new Date('2026-11-22T23:30:00Z');
    expect(dateIn('UTC', moment)).toBe('2026-11-22');
    expect(dateIn('Europe/Berlin', moment)).toBe('2026-11-23');
    expect(dateIn('America/Los_Angeles', moment)).toBe('2026-11-22');
    expect(dateIn('Pacific/Kiritimati', new Date('2026-11-22T10:00:00Z'))).toBe('2026-11-23');
  });

  test('clock times are shown in the time zone, with 24 hours', () => {
    expect(clockTime('2026-11-22T23:30:05Z', 'Europe/Berlin')).toBe('00:30:05');
  });
});

test('csv quotes what needs it and defuses formulas', () => {
  expect(
    toCsv(
      ['event', 'n'],
      [
        ['a,"b"', 1],
        ['=1+1', -2],
        ['x\ny', null],
        ['@home', true],
      ],
    ),
  ).toBe('event,n\r\n"a,""b""",1\r\n\'=1+1,-2\r\n"x\ny",\r\n\'@home,true\r\n');
});
