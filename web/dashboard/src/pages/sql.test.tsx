import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { ApiClient, keyCredentials } from '../api/client';
import { makeRouter } from '../router';
import { TestSession } from '../test_session';

const project = { project: 1, name: 'Game', timezone: 'UTC', currency: 'USD', created_at: '', first_event_at: null };
const tables = { contract: 1, tables: [{ name: 'days', meaning: 'one row a day', columns: [] }] };
const answerOf = (rows: unknown[][]) => ({
  contract: 1,
  as_of: '2026-11-26T10:00:00.000Z',
  row_count: rows.length,
  columns: [
    { name: 'n', type: 'number' },
    { name: 'n', type: 'text' },
  ],
  rows,
});

type Send = (sql: string, signal: AbortSignal | null | undefined) => Promise<Response>;
const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status });

const noFile: Send = () => Promise.resolve(json({}));

function open(path: string, ask: Send, files: Send = noFile) {
  const asked: string[] = [];
  const send = ((url: string, init?: RequestInit) => {
    if (url.endsWith('/project')) return Promise.resolve(json(project));
    if (url.endsWith('/sql/tables')) return Promise.resolve(json(tables));
    if (url.includes('/api/v1/sql?format=')) return files(url, init?.signal);
    if (!url.endsWith('/api/v1/sql')) return Promise.resolve(json({}));
    const { sql } = JSON.parse(String(init?.body)) as { sql: string };
    asked.push(sql);
    return ask(sql, init?.signal);
  }) as typeof fetch;
  const router = makeRouter(createMemoryHistory({ initialEntries: [path] }));
  render(
    <TestSession api={new ApiClient('http://dashboard.test/', keyCredentials('gm_pk_1'), send)} leave={() => undefined}>
      <RouterProvider router={router} />
    </TestSession>,
  );
  return { asked, router };
}

const never: Send = (_sql, signal) =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')));
  });

test('a link runs its statement once and shows every cell; columns of one name are both there', async () => {
  const { asked } = open('/sql?sql=SELECT+1', () => Promise.resolve(json(answerOf([[0.1 + 0.2, null]]))));
  const row = await screen.findByRole('row', { name: '0.3 null' });
  expect(row).toBeTruthy();
  expect(asked).toEqual(['SELECT 1']);
  expect((await screen.findByText('1', { selector: '[data-rows]' })).textContent).toBe('1');
});

test('Ctrl+Enter runs what is written, and the address holds it', async () => {
  const { asked, router } = open('/sql', () => Promise.resolve(json(answerOf([]))));
  const field = await screen.findByLabelText('SQL statement');
  await userEvent.clear(field);
  await userEvent.type(field, 'SELECT 2{Control>}{Enter}{/Control}');
  await screen.findByText('The statement is answered with no row.');
  expect(asked).toEqual(['SELECT 2']);
  expect(router.state.location.search).toMatchObject({ sql: 'SELECT 2' });
  await screen.findByRole('button', { name: /SELECT 2.*0 rows/ });
});

test('Cancel ends the request, says so, and the statement can be run again', async () => {
  let answers: Send = never;
  const { asked } = open('/sql?sql=SELECT+3', (sql, signal) => answers(sql, signal));
  await userEvent.click(await screen.findByRole('button', { name: 'Cancel' }));
  await screen.findByText('Stopped.');
  answers = () => Promise.resolve(json(answerOf([[7, 'x']])));
  await userEvent.click(screen.getByRole('button', { name: 'Run' }));
  await screen.findByRole('row', { name: '7 x' });
  expect(asked).toEqual(['SELECT 3', 'SELECT 3']);
});

test('a refusal says what is wrong and leads to the place', async () => {
  open('/sql?sql=SELECT+x', () =>
    Promise.resolve(json({ code: 'gm-sql-failed', detail: 'line 1, column 8: there is no x', trace_id: 'ab' }, 400)),
  );
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('there is no x');
  expect(alert.textContent).toContain('gm-sql-failed');
  await userEvent.click(screen.getByRole('button', { name: 'Go to line 1, column 8' }));
  const field = screen.getByLabelText<HTMLTextAreaElement>('SQL statement');
  expect([document.activeElement === field, field.selectionStart]).toEqual([true, 7]);
  expect(field.getAttribute('aria-invalid')).toBe('true');
});

test('Tab indents, and after Escape it leaves the field', async () => {
  open('/sql?sql=SELECT+1', () => Promise.resolve(json(answerOf([]))));
  const field = await screen.findByLabelText<HTMLTextAreaElement>('SQL statement');
  await screen.findByText('The statement is answered with no row.');
  await userEvent.click(field);
  field.setSelectionRange(0, 0);
  await userEvent.keyboard('{Tab}');
  await waitFor(() => expect(field.value).toBe('  SELECT 1'));
  await userEvent.keyboard('{Shift>}{Tab}{/Shift}');
  await waitFor(() => expect(field.value).toBe('SELECT 1'));
  await userEvent.keyboard('{Escape}{Tab}');
  expect(document.activeElement).not.toBe(field);
  expect(field.value).toBe('SELECT 1');
});

test('more rows than a page are paged', async () => {
  const rows = Array.from({ length: 250 }, (_, index) => [index, `row ${index}`]);
  open('/sql?sql=SELECT+4', () => Promise.resolve(json(answerOf(rows))));
  await screen.findByRole('row', { name: '99 row 99' });
  expect(screen.queryByText('row 100')).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Last' }));
  expect(screen.getAllByRole('row').length).toBe(51);
  screen.getByText('Rows 201 to 250 of 250');
});

test('a file comes from the server, in the form that was asked for; one that breaks off is not kept', async () => {
  const saved: string[] = [];
  const links = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function click(this: HTMLAnchorElement) {
    saved.push(this.download);
  });
  URL.createObjectURL = () => 'blob:file';
  URL.revokeObjectURL = () => undefined;
  let file: Send = () => Promise.resolve(new Response('{"n":1}\n'));
  open('/sql?sql=SELECT+5', () => Promise.resolve(json(answerOf([[1, 'x']]))), (url, signal) => file(url, signal));
  await userEvent.click(await screen.findByRole('button', { name: 'Download the answer as NDJSON' }));
  await waitFor(() => expect(saved).toEqual(['sql.ndjson']));
  file = (url) =>
    Promise.resolve(json({ code: 'gm-export-busy', detail: `Too many files at once (${url.split('=').at(-1)}).` }, 429));
  await userEvent.click(await screen.findByRole('button', { name: 'Download the answer as Parquet' }));
  await screen.findByText('No file: Too many files at once (parquet).');
  file = never;
  await userEvent.click(screen.getByRole('button', { name: 'Download the answer as CSV' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Stop' }));
  await screen.findByRole('button', { name: 'Download the answer as CSV' });
  expect(screen.queryByText(/No file/)).toBeNull();
  expect(links).toHaveBeenCalledTimes(1);
});
