import { expect, test } from 'vitest';
import { matching } from './commands';

const command = (label: string, kind = 'page') => ({ id: label, label, kind, run: () => undefined });
const commands = [command('Overview'), command('Revenue & LTV'), command('Live'), command('Last 7 days', 'range')];
const labels = (typed: string) => matching(commands, typed).map((one) => one.label);

test('without words everything is offered, in its order', () => {
  expect(labels(' ')).toEqual(['Overview', 'Revenue & LTV', 'Live', 'Last 7 days']);
});

test('beginnings come before what only holds the text, and every word counts', () => {
  expect(labels('ev')).toEqual(['Revenue & LTV']);
  expect(labels('l')).toEqual(['Revenue & LTV', 'Live', 'Last 7 days']);
  expect(labels('v')).toEqual(['Overview', 'Revenue & LTV', 'Live']);
  expect(labels('7 range')).toEqual(['Last 7 days']);
  expect(labels('nothing like it')).toEqual([]);
});
