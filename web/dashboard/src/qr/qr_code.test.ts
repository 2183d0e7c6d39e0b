import { expect, test } from 'vitest';
import { correctionOf, multiply } from './error_correction';
import { penalty, qrCode } from './qr_code';

// As OpenCV's reader read it back to the text.
const codeOfA = [
  '#######..#.##.#######',
  '#.....#.#.##..#.....#',
  '#.###.#.##.#..#.###.#',
  '#.###.#.#.##..#.###.#',
  '#.###.#..#..#.#.###.#',
  '#.....#...##..#.....#',
  '#######.#.#.#.#######',
  '........##...........',
  '#.....#.#.##.##..###.',
  '#..##......###.###..#',
  '..#.###..##.#.##.....',
  '.#.#.#.##..#####.#.#.',
  '##.#..####.##########',
  '........##..#.....#.#',
  '#######..###.#..####.',
  '#.....#...#...#...###',
  '#.###.#..###.#..###..',
  '#.###.#..#.#####.#...',
  '#.###.#..#.###.###.##',
  '#.....#...######.#...',
  '#######.#.#.#..#..##.',
];

const shown = (code: boolean[][] | null) => (code ?? []).map((row) => row.map((dark) => (dark ? '#' : '.')).join(''));

test('a code is the one that another program reads', () => {
  expect(shown(qrCode('a'))).toEqual(codeOfA);
});

test('the size grows with the text, in bytes, and what is too long has none', () => {
  const sizeOf = (text: string) => qrCode(text)?.length ?? null;
  expect([14, 15, 26, 27, 122, 123, 213, 214].map((length) => sizeOf('x'.repeat(length)))).toEqual([21, 25, 25, 29, 45, 49, 57, null]);
  expect(sizeOf('é'.repeat(7))).toBe(21);
  expect(sizeOf('é'.repeat(8))).toBe(25);
});

test('data and correction together are a multiple of the generator', () => {
  const data = [64, 22, 16, 236, 17, 200, 3];
  const word = [...data, ...correctionOf(data, 10)];
  // The value at each of the generator's roots is zero.
  for (let power = 0, root = 1; power < 10; power += 1, root = multiply(root, 2))
    expect(word.reduce((value, byte) => multiply(value, root) ^ byte, 0)).toBe(0);
});

test('what is hard to read costs more', () => {
  const even = Array.from({ length: 21 }, (_, y) => Array.from({ length: 21 }, (__, x) => (x + y) % 2 === 0));
  const dark = even.map((row) => row.map(() => true));
  expect(penalty(dark)).toBeGreaterThan(penalty(even));
});
