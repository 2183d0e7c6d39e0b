import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiClient, keyCredentials } from '../api/client';
import { makeRouter } from '../router';
import { explanation, metric, retention } from '../test_answers';
import { TestSession } from '../test_session';

// The canvas is tested in a real browser; here it would need one.
vi.mock('../charts/bar_chart', () => ({
  BarChart: ({ label }: { label: string }) => <div data-testid="bar-chart">{label}</div>,
}));

const project = {
  project: 1,
  name: 'Space Miner',
  timezone: 'UTC',
  currency: 'USD',
  created_at: '',
  first_event_at: '2026-11-01T00:00:00.000Z',
  last_event_at: null,
  events: 5,
};
const answers = (): Record<string, unknown> => ({
  project,
  pipeline: { log_end: 9, processed: 9, lag_events: 0, stored: 9, duplicates: 0, rejected: 2, last_commit_at: null },
  retention: retention(),
  'events/top': { ...explanation, rows: [{ event: 'level_start', events: 30, share: 0.75 }] },
  ...Object.fromEntries(
    ['dau', 'new_players', 'returning_players', 'session_minutes', 'arpdau', 'payers'].map((name) => [
      `metrics/${name}`,
      metric([1, 2, 3, 4]),
    ]),
  ),
  'metrics/sessions': metric([1, 2, 3, 4], 1234),
  'metrics/revenue': metric([0, 0, 0, 0], 0),
});

function open(path: string, given: Record<string, unknown>) {
  const asked: string[] = [];
  const leave = vi.fn();
  const send = ((url: string) => {
    asked.push(url.replace('http://dashboard.test/api/v1/', ''));
    const answer = given[new URL(url).pathname.replace('/api/v1/', '')];
    return Promise.resolve(answer instanceof Response ? answer.clone() : new Response(JSON.stringify(answer)));
  }) as typeof fetch;
  const router = makeRouter(createMemoryHistory({ initialEntries: [path] }));
  render(
    <TestSession api={new ApiClient('http://dashboard.test/', keyCredentials('gm_pk_1'), send)} leave={leave}>
      <RouterProvider router={router} />
    </TestSession>,
  );
  return { asked, leave, router };
}

const problem = (status: number, code: string, detail: string) =>
  new Response(JSON.stringify({ code, detail, trace_id: 'feed' }), { status });

describe('overview', () => {
  beforeEach(() =>
    vi.useFakeTimers({ now: new Date('2026-11-04T12:00:00Z'), shouldAdvanceTime: true, toFake: ['Date'] }),
  );

  test('asks for the range of the address and the one before', async () => {
    const { asked } = open('/?range=7d', answers());
    await screen.findByText('1,234');
    expect(asked).toContain('metrics/dau?from=2026-10-29&to=2026-11-04');
    expect(asked).toContain('metrics/dau?from=2026-10-22&to=2026-10-28');
  });

  test('a change is shown against a period in which the game existed, else none', async () => {
    const first = open('/?from=2026-11-03&to=2026-11-04', answers());
    const card = await screen.findByRole('article', { name: 'Sessions' });
    expect(await within(card).findByText('against the previous period')).toBeTruthy();
    // A day earlier, the previous period would start before the game's first event.
    await first.router.navigate({ to: '/', search: { from: '2026-11-02', to: '2026-11-04' } });
    expect(await within(card).findByTitle('No full previous period to compare with')).toBeTruthy();
  });

  test('a picked range goes into the address', async () => {
    const { router } = open('/', answers());
    await userEvent.click(await screen.findByRole('button', { name: '90 days' }));
    await waitFor(() => expect(router.state.location.search).toMatchObject({ range: '90d' }));
  });

  test('an empty metric says what would fill it', async () => {
    open('/', answers());
    const card = await screen.findByRole('region', { name: 'Revenue' });
    expect(await within(card).findByText(/Send events with a revenue amount/)).toBeTruthy();
    expect(within(card).getByRole<HTMLButtonElement>('button', { name: 'Download Revenue as CSV' }).disabled).toBe(
      true,
    );
  });

  test('one failed chart leaves the others alone and can be tried again', async () => {
    const given = { ...answers(), 'events/top': problem(400, 'gm-query-invalid', 'No such limit.') };
    open('/', given);
    const card = await screen.findByRole('region', { name: 'Top events' });
    expect(await within(card).findByText(/No such limit/)).toBeTruthy();
    expect(within(card).getByText('gm-query-invalid')).toBeTruthy();
    expect(await screen.findByText('1,234')).toBeTruthy();
    Object.assign(given, { 'events/top': answers()['events/top'] });
    await userEvent.click(within(card).getByRole('button', { name: 'Try again' }));
    expect(await within(card).findByText('level_start')).toBeTruthy();
  });

  test('every chart has a table with the same numbers, and the address remembers it', async () => {
    const { router } = open('/', answers());
    await userEvent.click(await screen.findByRole('button', { name: 'Show Retention as a table' }));
    const table = await screen.findByRole('table', { name: 'Retention by cohort' });
    expect(within(table).getAllByRole('row')).toHaveLength(3);
    expect(within(table).getByText('20.0% *')).toBeTruthy();
    expect(router.state.location.search).toMatchObject({ tables: 'retention' });
  });

  test('an empty project shows how to start and no chart', async () => {
    open('/', { ...answers(), project: { ...project, first_event_at: null } });
    expect(await screen.findByRole('heading', { name: 'Get started' })).toBeTruthy();
    expect(screen.getByText(/curl http:\/\/dashboard.test\/v1\/events/)).toBeTruthy();
    expect(screen.queryByRole('region', { name: 'Revenue' })).toBeNull();
  });

  test('a refused key ends the session', async () => {
    const { leave } = open('/', { ...answers(), project: problem(401, 'gm-key-unknown', 'No.') });
    await waitFor(() => expect(leave).toHaveBeenCalledWith(expect.objectContaining({ code: 'gm-key-unknown' })));
  });
});
