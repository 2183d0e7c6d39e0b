import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { ApiError } from '../api/problem';
import { KeyPrompt } from './key_prompt';

const enter = async (text: string) => {
  await userEvent.type(screen.getByLabelText('Project key'), text);
  await userEvent.click(screen.getByRole('button', { name: 'Open dashboard' }));
};

test('takes a project key, trimmed', async () => {
  const onKey = vi.fn();
  render(<KeyPrompt refusal={null} onKey={onKey} />);
  await enter('  gm_pk_abc ');
  expect(onKey).toHaveBeenCalledWith('gm_pk_abc');
});

test('says what is wrong with anything else, without asking the server', async () => {
  const onKey = vi.fn();
  render(<KeyPrompt refusal={null} onKey={onKey} />);
  await enter('gm_wk_abc');
  expect(screen.getByRole('alert').textContent).toMatch(/This is a write key/);
  expect(onKey).not.toHaveBeenCalled();
});

test('says why one is back at the prompt', () => {
  render(<KeyPrompt refusal={new ApiError(401, 'gm-key-unknown', 'x')} onKey={() => undefined} />);
  expect(screen.getByRole('alert').textContent).toMatch(/did not accept the project key/);
});
