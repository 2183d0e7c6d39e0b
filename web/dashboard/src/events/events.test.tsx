import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test } from 'vitest';
import { ApiClient, keyCredentials } from '../api/client';
import { makeRouter } from '../router';
import { TestSession } from '../test_session';
import { eventsSearch } from './events_search';
import { shapeOf, violationsByEvent } from './shapes';

describe('shapes', () => {
  test('properties of a sample: types by how often they came, one value of each, names in order', () => {
    const shape = shapeOf('e', ['{"b":1,"a":"x"}', '{"b":"two","a":null}', '{"b":3,"c":[1],"$gm_validated":true}', '{}']);
    expect(shape.events).toBe(4);
    expect(shape.properties.map(({ property, seen }) => [property, seen.map((one) => [one.type, one.values, one.sample])])).toEqual([
      ['a', [['string', 1, 'x'], ['null', 1, 'null']]],
      ['b', [['number', 2, '1'], ['string', 1, 'two']]],
      ['c', [['list', 1, '[1]']]],
    ]);
  });

  test('unexpected values add up by event', () => {
    const line = { property: 'p', expected: ['number'], got: 'string', last_seen_at: '', sample: '' };
    const counts = violationsByEvent([
      { ...line, event: 'a', values: 2 },
      { ...line, event: 'a', values: 3, got: 'null' },
      { ...line, event: 'b', values: 1 },
    ]);
    expect([...counts]).toEqual([['a', 5], ['b', 1]]);
  });

  test('an address keeps what is valid', () => {
    expect(eventsSearch({ q: 'level', order: 'last', event: 'level_start' })).toEqual({ q: 'level', order: 'last', event: 'level_start' });
    expect(eventsSearch({ order: 'events', event: ' ' })).toEqual({});
  });
});

const project = { project: 1, name: 'Game', timezone: 'UTC', currency: 'USD', created_at: '', first_event_at: '2026-11-01T00:00:00.000Z' };
const rows = (...cells: unknown[][]) => ({ contract: 1, as_of: '', row_count: cells.length, columns: [], rows: cells });
const line = {
  event: 'level_start',
  property: 'level',
  expected: ['number'],
  got: 'string',
  values: 2,
  last_seen_at: '2026-11-26T09:00:00.000Z',
};
const learned = {
  total: 1,
  events: [
    {
      event: 'level_start',
      events: 120,
      properties: [
        {
          property: 'level',
          expected: ['number'],
          origin: 'declared',
          seen: [
            { type: 'number', values: 118, sample: '3', violates: false },
            { type: 'string', values: 2, sample: '12a', violates: true },
          ],
        },
      ],
    },
  ],
};

function open(path: string, registry: boolean) {
  const sent: [path: string, body: unknown][] = [];
  const answers: Record<string, unknown> = {
    '/openapi.json': { paths: registry ? { '/api/v1/schema': {} } : {} },
    '/api/v1/project': project,
    '/api/v1/schema/violations': { total: 1, violations: [{ ...line, sample: '12a' }] },
    '/api/v1/schema': learned,
  };
  const send = ((url: string, init?: RequestInit) => {
    const { pathname } = new URL(url);
    const body = init?.body ? (JSON.parse(String(init.body)) as { sql?: string }) : undefined;
    if (pathname.startsWith('/api/v1/schema/') && body) sent.push([pathname, body]);
    const names = rows(['level_start', 120, '2026-11-01', '2026-11-26'], ['purchase', 4, '2026-11-20', '2026-11-25']);
    const sql = body?.sql?.includes('event_days') ? names : rows(['{"level":3}'], ['{"level":"x"}']);
    return Promise.resolve(new Response(JSON.stringify(pathname === '/api/v1/sql' ? sql : (answers[pathname] ?? {}))));
  }) as typeof fetch;
  const router = makeRouter(createMemoryHistory({ initialEntries: [path] }));
  render(
    <TestSession api={new ApiClient('http://dashboard.test/', keyCredentials('gm_pk_1'), send)} leave={() => undefined}>
      <RouterProvider router={router} />
    </TestSession>,
  );
  return { sent, router };
}

const property = async (name: string) => within((await screen.findByText(name, { selector: '.property-name code' })).closest('li')!);

test('without a registry the newest events are looked at, and nothing can be expected', async () => {
  open('/event-manager?event=level_start', false);
  const level = await property('level');
  level.getByText('number');
  level.getByText('string');
  screen.getByText('Of the newest 2 events.');
  expect(screen.queryByText('Unexpected values')).toBeNull();
  expect(screen.queryByRole('checkbox')).toBeNull();
});

test('with a registry unexpected values are told, and a type can be expected or no more', async () => {
  const { sent } = open('/event-manager?event=level_start', true);
  const level = await property('level');
  level.getByText('not expected');
  await screen.findByRole('region', { name: 'Unexpected values' });
  expect((await screen.findByRole('row', { name: /level_start 120/ })).textContent).toMatch(/2$/);
  await userEvent.click(level.getByRole('checkbox', { name: 'string' }));
  await userEvent.click(level.getByRole('checkbox', { name: 'number' }));
  expect(sent).toEqual([
    ['/api/v1/schema/declare', { event: 'level_start', property: 'level', types: ['number', 'string'] }],
    ['/api/v1/schema/forget', { event: 'level_start', property: 'level' }],
  ]);
});

test('names are searched and ordered, and the address holds it', async () => {
  const { router } = open('/event-manager', false);
  await screen.findByRole('link', { name: 'level_start' });
  await userEvent.selectOptions(screen.getByLabelText('Order'), 'By name');
  await userEvent.type(screen.getByLabelText('Search events by name'), 'PUR');
  await screen.findByText('name');
  expect(screen.queryByRole('link', { name: 'level_start' })).toBeNull();
  expect(router.state.location.search).toMatchObject({ q: 'PUR', order: 'event' });
});
