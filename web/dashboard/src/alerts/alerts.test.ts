import { expect, test } from 'vitest';
import { bodyOf, conditionText, ruleOfForm, type Rule, type RuleForm } from './alerts';

const form: RuleForm = {
  name: ' Fewer players ',
  metric: 'dau',
  window: 'day',
  kind: 'threshold',
  side: 'below',
  amount: '1000',
  hours: '2',
  channels: ['c1'],
};

test('a condition reads after its metric', () => {
  expect(conditionText({ kind: 'threshold', above: 2000 })).toBe('is above 2,000');
  expect(conditionText({ kind: 'threshold', below: 5 })).toBe('is below 5');
  expect(conditionText({ kind: 'change', unit: 'percent', falls: 20, rises: 50 })).toBe(
    'falls by more than 20 % or rises by more than 50 %',
  );
  expect(conditionText({ kind: 'change', unit: 'absolute', falls: 20 })).toBe('falls by more than 20');
  expect(conditionText({ kind: 'anomaly', side: 'below' })).toBe('is far below what the weeks before had');
});

test('the form becomes the rule that it says, or tells what it lacks', () => {
  expect(ruleOfForm(form)).toEqual({
    rule: {
      name: 'Fewer players',
      enabled: true,
      metric: 'dau',
      window: 'day',
      condition: { kind: 'threshold', below: 1000 },
      for_seconds: 7200,
      incomplete: false,
      channels: ['c1'],
    },
  });
  expect(ruleOfForm({ ...form, kind: 'change', side: 'both' })).toMatchObject({
    rule: { condition: { kind: 'change', unit: 'percent', falls: 1000, rises: 1000 } },
  });
  expect(ruleOfForm({ ...form, kind: 'anomaly', side: 'both', amount: '' })).toMatchObject({
    rule: { condition: { kind: 'anomaly', side: 'both' } },
  });
  expect(ruleOfForm({ ...form, name: ' ' })).toHaveProperty('problem');
  expect(ruleOfForm({ ...form, amount: 'many' })).toHaveProperty('problem');
  expect(ruleOfForm({ ...form, kind: 'anomaly', window: 'month' })).toHaveProperty('problem');
});

test('a rule is sent back without what the server says of it', () => {
  const rule = { ...(ruleOfForm(form) as { rule: Rule }).rule, id: 'r1', created_at: 'x', state: { phase: 'ok' } } as Rule;
  expect(Object.keys(bodyOf(rule))).not.toContain('id');
  expect(Object.keys(bodyOf(rule))).not.toContain('state');
  expect(bodyOf(rule).name).toBe('Fewer players');
});
