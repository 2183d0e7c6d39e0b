/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { ApiError } from '../api/problem';
import { adoptLetterFromAddress, invitationLink, letterOfAddress, letterOfFragment } from '../session/letter';
import { choosePlace, rememberPlace, type Place } from '../session/person';
import { actions, actionsOfKey, roles, whyNot } from '../session/rights';
import { reasonOf, refusalOf } from '../sign_in/sign_in';
import { agentName } from './agent_name';
import { difference, nameOfActor } from './changes_card';
import { originsOf } from './keys_card';
import { settingsSearch } from './sections';

test('every action of the reference has words here, and the roles are the same', () => {
  const reference = readFileSync('../../docs/reference/rights.md', 'utf8');
  const table = reference.split('## Routes')[0] ?? '';
  const told = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name ?? '');
  expect(told.length).toBeGreaterThan(15);
  expect(told.filter((name) => !Object.hasOwn(actions, name))).toEqual([]);
  expect(table).toContain(`| ${roles.join(' | ')} |`);
  for (const action of actionsOfKey.filter((name) => told.includes(name)))
    expect(reference).toMatch(new RegExp(`a project key.*\`${action}\``));
});

test('each route of the pages of people is in the reference', () => {
  const reference = readFileSync('../../docs/reference/rights.md', 'utf8');
  const routes = [
    'PATCH /api/v1/organisations/{organisation}`',
    'PATCH /api/v1/organisations/{organisation}/members/{member}`',
    'DELETE /api/v1/organisations/{organisation}/invitations/{invitation}`',
    'POST /api/v1/projects/{project}/environments`',
    'PUT /api/v1/projects/{project}/keys/{key}/origins`',
    'POST /api/v1/projects/{project}/keys/{key}/rotate`',
    'DELETE /api/v1/organisations/{organisation}/service-tokens/{token}`',
    'GET /api/v1/organisations/{organisation}/audit`',
  ];
  for (const route of routes) expect(reference).toContain(route);
});

test('what is not allowed names the right, the role and the way out', () => {
  expect(whyNot('run_sql', 'viewer')).toBe(
    'The role viewer may not ask by SQL. An admin or owner of the organisation can give you another one.',
  );
  expect(whyNot('manage_keys', undefined)).toMatch(/^A project key may not make, rotate and revoke keys\. Sign in/);
});

test('the page of a letter is taken out of the address with its secret, below a sub-path as well', () => {
  const replaceState = vi.fn();
  const location = { hash: '#token=gm_rs_1', pathname: '/games/reset-password', search: '' } as Location;
  adoptLetterFromAddress(location, { state: null, replaceState } as unknown as History);
  expect(replaceState).toHaveBeenCalledWith(null, '', '/games/');
  expect(letterOfAddress()).toEqual({ kind: 'reset', token: 'gm_rs_1' });
});

test('an invitation is read from the fragment alone', () => {
  expect(letterOfFragment('#invitation=gm_in_abc1')).toEqual({ kind: 'invitation', token: 'gm_in_abc1' });
  expect(letterOfFragment('#token=gm_in_abc1')).toEqual({ kind: 'invitation', token: 'gm_in_abc1' });
  expect(letterOfFragment('#token=gm_rs_abc1')).toEqual({ kind: 'reset', token: 'gm_rs_abc1' });
  for (const hash of ['#invitation=<b>', '#key=gm_pk_1', '#token=gm_us_1', '']) expect(letterOfFragment(hash)).toBeNull();
  expect(new URL(invitationLink('http://h/games/', 'gm_in_1')).hash).toBe('#invitation=gm_in_1');
});

test('the open project is that of the address, else the last one, else the first', () => {
  const places = [1, 7].map((project) => ({ project }) as Place);
  expect(choosePlace(places, undefined)?.project).toBe(1);
  rememberPlace(7);
  expect(choosePlace(places, undefined)?.project).toBe(7);
  expect(choosePlace(places, 1)?.project).toBe(1);
  expect(choosePlace(places, 9)).toBeNull();
  expect(choosePlace([], undefined)).toBeNull();
});

test('a change is told with what was and what is', () => {
  expect(difference({ before: { role: 'viewer' }, after: { role: 'admin' } })).toBe('role viewer → role admin');
  expect(difference({ before: null, after: { origins: ['https://a'] } })).toBe('origins ["https://a"]');
  expect(difference({ before: { name: 'x' }, after: null })).toBe('was name x');
  expect(difference({ before: null, after: null })).toBe('–');
  const ada = { id: 3, email: 'ada@studio.example', name: '', role: 'owner' as const, since: '' };
  expect(nameOfActor('user:3', [ada])).toBe('ada@studio.example');
  expect(nameOfActor('token:3', [ada])).toBe('token:3');
});

test('programs are told apart in two words', () => {
  expect(agentName('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36')).toBe('Chrome on Linux');
  expect(agentName('Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0')).toBe('Edge on Windows');
  expect(agentName('curl/8.5.0')).toBe('curl/8.5.0');
  expect(agentName('')).toBe('unknown');
});

test('origins are separated by blanks or commas, sections of the address are known ones', () => {
  expect(originsOf(' https://a.example,https://b.example  ')).toEqual(['https://a.example', 'https://b.example']);
  expect(originsOf('')).toEqual([]);
  expect(settingsSearch({ section: 'keys' })).toEqual({ section: 'keys' });
  expect(settingsSearch({ section: 'project' })).toEqual({});
  expect(settingsSearch({ section: 'toString' })).toEqual({});
});

test('refusals and reasons are sentences; what is not known is the server’s own', () => {
  expect(refusalOf(new ApiError(404, 'gm-invitation-unknown', 'x'))).toMatch(/taken, withdrawn, or has expired/);
  expect(refusalOf(new ApiError(400, 'gm-password-weak', 'a password has at least 12 characters'))).toMatch(/12 characters/);
  expect(refusalOf(new ApiError(429, 'gm-rate-limited', 'x'))).toMatch(/in a minute/);
  expect(reasonOf(new ApiError(401, 'gm-session-unknown', 'x'))).toMatch(/Your session has ended/);
});
