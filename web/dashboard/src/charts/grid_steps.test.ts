import { expect, test } from 'vitest';
import { nextCell } from './grid_steps';

const rows = [
  [1, null],
  [1, 2],
];

test('arrow keys go from cell to cell and never into a gap', () => {
  expect(nextCell('ArrowDown', null, rows)).toEqual({ row: 0, column: 0 });
  expect(nextCell('ArrowDown', { row: 0, column: 0 }, rows)).toEqual({ row: 1, column: 0 });
  expect(nextCell('ArrowRight', { row: 1, column: 0 }, rows)).toEqual({ row: 1, column: 1 });
  expect(nextCell('ArrowUp', { row: 1, column: 1 }, rows)).toBeNull();
  expect(nextCell('ArrowLeft', { row: 0, column: 0 }, rows)).toBeNull();
  expect(nextCell('Enter', { row: 0, column: 0 }, rows)).toBeNull();
  expect(nextCell('ArrowDown', null, [[null]])).toBeNull();
});
