import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { ApiClient, keyCredentials } from '../api/client';
import type { Project } from '../api/types';
import { TestSession } from '../test_session';
import { usePlayersDialog } from './players_dialog';

const project: Project = {
  project: 1,
  name: 'Game',
  timezone: 'UTC',
  currency: 'USD',
  created_at: '2026-11-01T00:00:00.000Z',
  first_event_at: '2026-11-01T00:00:00.000Z',
  last_event_at: null,
  events: 9,
};
const player = (id: string) => ({
  player_id: id,
  first_seen: '2026-11-01T00:00:00.000Z',
  last_seen: '2026-11-02T00:00:00.000Z',
  country: 'DE',
  platform: 'ios',
  build: null,
  events: 3,
  sessions: 2,
  revenue: 4.99,
});

function Page() {
  const { show, dialog } = usePlayersDialog(project);
  return (
    <>
      <button
        type="button"
        onClick={() =>
          show({ title: 'Dropped at step 2', kind: 'funnel', query: { steps: ['a', 'b'] }, cell: { step: 2 } })
        }
      >
        Open
      </button>
      {dialog}
    </>
  );
}

function renderPage(send: typeof fetch) {
  const root = createRootRoute({});
  const tree = root.addChildren([
    createRoute({ getParentRoute: () => root, path: '/', component: Page }),
    createRoute({ getParentRoute: () => root, path: '/players/$id' }),
  ]);
  const router = createRouter({ routeTree: tree, history: createMemoryHistory() });
  render(
    <TestSession api={new ApiClient('http://host/', keyCredentials('gm_pk_1'), send)} leave={() => undefined}>
      {/* oxlint-disable-next-line typescript/no-explicit-any -- a router of the test's own, not the registered one */}
      <RouterProvider router={router as any} />
    </TestSession>,
  );
}

const json = (value: unknown) => Promise.resolve(new Response(JSON.stringify(value)));

test('the list asks with the question and the cell, reads on after the last one, and shows the total', async () => {
  const send = vi
    .fn<typeof fetch>()
    .mockImplementationOnce(() => json({ total: 2, players: [player('p-1')], next: 17 }))
    .mockImplementationOnce(() => json({ total: 2, players: [player('p-2')], next: null }));
  renderPage(send);
  await userEvent.click(await screen.findByRole('button', { name: 'Open' }));
  const dialog = screen.getByRole('dialog', { name: 'Dropped at step 2' });
  await within(dialog).findByRole('link', { name: 'p-1' });
  expect(dialog.querySelector('[data-total]')?.textContent).toBe('2');
  expect(dialog.textContent).toContain('the first 1 are listed');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Show more' }));
  const link = await within(dialog).findByRole('link', { name: 'p-2' });
  expect(link.getAttribute('href')).toBe('/players/p-2');
  const bodies = send.mock.calls.map(([, init]) => JSON.parse(String(init?.body)) as object);
  const asked = { kind: 'funnel', query: { steps: ['a', 'b'] }, cell: { step: 2 }, limit: 100 };
  expect(bodies).toEqual([asked, { ...asked, after: 17 }]);
  expect(within(dialog).queryByRole('button', { name: 'Show more' })).toBeNull();
});

test('an answer that fails says why and can be asked for again', async () => {
  const problem = new Response(JSON.stringify({ code: 'gm-query-invalid', detail: 'step: there is no step 9' }), {
    status: 400,
  });
  const send = vi
    .fn<typeof fetch>()
    .mockResolvedValueOnce(problem)
    .mockImplementation(() => json({ total: 0, players: [], next: null }));
  renderPage(send);
  await userEvent.click(await screen.findByRole('button', { name: 'Open' }));
  expect((await screen.findByRole('alert')).textContent).toContain('there is no step 9');
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByText(/Nobody is behind this number any more/);
});
