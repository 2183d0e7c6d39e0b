import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { storeKey } from './key_store';
import { useMay, useSession } from './session';
import { SessionProvider } from './session_provider';

const organisation = { id: 1, name: 'Studio', role: 'viewer', actions: ['see_organisation', 'read_numbers'] };
const projects = [
  { id: 1, name: 'Miner', environment: 'production' },
  { id: 7, name: 'Farm', environment: 'staging' },
];
const me = { user: { id: 3, email: 'ada@studio.example', name: 'Ada' }, csrf: 'c5', organisations: [{ ...organisation, projects }] };
const problem = (status: number, code: string) => new Response(JSON.stringify({ code, detail: 'no' }), { status });

type Answer = Response | object;
const asked: { call: string; headers: Record<string, string>; body: unknown }[] = [];
/** Answers by "METHOD path"; several of a list one after the other, the last of them for good. */
function serve(answers: Record<string, Answer[]>): void {
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const call = `${init.method} ${new URL(url).pathname.replace('/api/v1/', '')}`;
    asked.push({ call, headers: init.headers as Record<string, string>, body: init.body ? JSON.parse(String(init.body)) : undefined });
    const left = answers[call] ?? [problem(404, 'gm-route-unknown')];
    const answer = left.length > 1 ? left.shift() : left[0];
    return Promise.resolve(answer instanceof Response ? answer.clone() : new Response(JSON.stringify(answer)));
  });
}

function Inside() {
  const { api, person } = useSession();
  const may = useMay();
  return (
    <>
      <p>
        inside as {person?.me.user.email ?? 'a key'} in {person?.place.name ?? 'its project'}
        {may('read_players') ? ', reads players' : ', no players'}
      </p>
      <button type="button" onClick={() => void api.post('api/v1/query/trend', {})}>
        ask
      </button>
      <button type="button" onClick={() => void person?.signOut()}>
        out
      </button>
    </>
  );
}

const open = () =>
  render(
    <SessionProvider>
      <Inside />
    </SessionProvider>,
  );

beforeEach(() => {
  asked.length = 0;
  window.history.replaceState(null, '', '/');
});
afterEach(() => vi.unstubAllGlobals());

test('with a key nothing is asked about people, as ever', async () => {
  storeKey('project', 'gm_pk_1');
  serve({});
  open();
  await screen.findByText('inside as a key in its project, reads players');
  expect(asked).toEqual([]);
});

test('a server without people, or of before there were any, asks for the key', async () => {
  serve({ 'GET login': [{ people: false, signed_in: false }] });
  const { unmount } = open();
  await screen.findByLabelText('Project key');
  expect(screen.queryByRole('button', { name: /Sign in/ })).toBeNull();
  unmount();
  serve({});
  open();
  await screen.findByLabelText('Project key');
});

test('somebody signs in, and every request says for which project; a change says more', async () => {
  serve({
    'GET login': [{ people: true, signed_in: false }, { people: true, signed_in: true }],
    'POST login': [{ csrf: 'c5' }],
    'GET me': [me],
    'POST query/trend': [{}],
    'POST logout': [{}],
  });
  open();
  await userEvent.type(await screen.findByLabelText('E-mail address'), ' ada@studio.example ');
  await userEvent.type(screen.getByLabelText('Password'), 'correct horse');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  await screen.findByText('inside as ada@studio.example in Miner, no players');
  expect(asked.find(({ call }) => call === 'POST login')?.body).toEqual({ email: 'ada@studio.example', password: 'correct horse' });
  await userEvent.click(screen.getByRole('button', { name: 'ask' }));
  expect(asked.at(-1)?.headers).toMatchObject({ 'X-Project': '1', 'X-CSRF-Token': 'c5' });
  expect(asked.at(-1)?.headers).not.toHaveProperty('Authorization');
  await userEvent.click(screen.getByRole('button', { name: 'out' }));
  expect(asked.some(({ call, headers }) => call === 'POST logout' && headers['X-CSRF-Token'] === 'c5')).toBe(true);
});

test('a second factor is asked for after the password, and a wrong code goes on', async () => {
  serve({
    'GET login': [{ people: true, signed_in: false }, { people: true, signed_in: true }],
    'POST login': [{ second_factor_required: true, challenge: 'gm_lc_1', expires_at: '' }],
    'POST login/second-factor': [problem(401, 'gm-second-factor-wrong'), { csrf: 'c5' }],
    'GET me': [me],
  });
  open();
  await userEvent.type(await screen.findByLabelText('E-mail address'), 'ada@studio.example');
  await userEvent.type(screen.getByLabelText('Password'), 'correct horse{Enter}');
  await userEvent.type(await screen.findByLabelText('Code'), '111111{Enter}');
  expect((await screen.findByText(/This code is not right/)).getAttribute('role')).toBe('alert');
  await userEvent.clear(screen.getByLabelText('Code'));
  await userEvent.type(screen.getByLabelText('Code'), '123 456{Enter}');
  await screen.findByText(/inside as ada/);
  expect(asked.findLast(({ call }) => call === 'POST login/second-factor')?.body).toEqual({ challenge: 'gm_lc_1', code: '123 456' });
});

test('what is refused at the sign-in is told in words', async () => {
  const limited = new Response(JSON.stringify({ code: 'gm-rate-limited' }), { status: 429, headers: { 'Retry-After': '60' } });
  serve({
    'GET login': [{ people: true, signed_in: false }],
    'POST login': [problem(401, 'gm-login-failed'), problem(429, 'gm-login-locked'), limited],
  });
  open();
  await userEvent.type(await screen.findByLabelText('E-mail address'), 'a@b.example');
  for (const [typed, told] of [
    ['one', /Address or password is wrong/],
    ['two', /the account is locked for some minutes/],
    ['three', /Try again in 60 seconds/],
  ] as const) {
    await userEvent.clear(screen.getByLabelText('Password'));
    await userEvent.type(screen.getByLabelText('Password'), `${typed}{Enter}`);
    await screen.findByText(told);
  }
});

test('the address names the project; one that is not his is told, with those that are', async () => {
  window.history.replaceState(null, '', '/geo?project=7');
  serve({ 'GET login': [{ people: true, signed_in: true }], 'GET me': [me] });
  const { unmount } = open();
  await screen.findByText(/inside as ada@studio.example in Farm/);
  unmount();
  window.history.replaceState(null, '', '/geo?project=8');
  open();
  await screen.findByText('This project is not one of yours');
  await userEvent.click(screen.getByRole('button', { name: 'Farm · staging · Studio' }));
  await screen.findByText(/in Farm/);
});

test('who has no project is told, and makes one where he may', async () => {
  const alone = { ...me, organisations: [{ ...organisation, projects: [] }] };
  const owner = { ...me, organisations: [{ ...organisation, role: 'owner', actions: ['create_project'], projects: [] }] };
  serve({ 'GET login': [{ people: true, signed_in: true }], 'GET me': [alone] });
  const { unmount } = open();
  await screen.findByText('No project yet');
  unmount();
  serve({ 'GET login': [{ people: true, signed_in: true }], 'GET me': [owner, me], 'POST organisations/1/projects': [{ name: 'Miner' }] });
  open();
  await userEvent.type(await screen.findByLabelText('Name'), 'Miner');
  await userEvent.click(screen.getByRole('button', { name: 'Make the project' }));
  await screen.findByText(/inside as ada/);
});

test('an organisation that insists on a second factor lets one switch it on', async () => {
  const missing = { id: 1, name: 'Studio', role: 'viewer', second_factor_missing: true };
  serve({
    'GET login': [{ people: true, signed_in: true }],
    'GET me': [{ ...me, organisations: [missing] }],
    'GET me/second-factor': [{ enabled: false, since: null, recovery_codes_left: 0, required: true }],
    'POST me/second-factor': [{ secret: 'JBSWY3DP', uri: 'otpauth://totp/x' }],
    'POST me/second-factor/confirm': [{ recovery_codes: ['aaaa-bbbb'] }],
  });
  open();
  await userEvent.type(await screen.findByLabelText('Password'), 'correct horse{Enter}');
  await screen.findByText('JBSW Y3DP');
  await userEvent.type(screen.getByLabelText('Code'), '123456{Enter}');
  await screen.findByText('aaaa-bbbb');
});

test('a session that has ended leads back to the sign-in, which says why', async () => {
  serve({
    'GET login': [{ people: true, signed_in: true }, { people: true, signed_in: false }],
    'GET me': [me],
    'POST logout': [problem(401, 'gm-session-unknown')],
  });
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'out' }));
  await screen.findByLabelText('E-mail address');
  await waitFor(() => expect(window.location.pathname).toBe('/'));
});

test('a lost password is asked for by a letter, or told how without mail', async () => {
  serve({
    'GET login': [{ people: true, signed_in: false }],
    'POST password-resets': [problem(503, 'gm-mail-off'), new Response(null, { status: 202 })],
  });
  open();
  await userEvent.type(await screen.findByLabelText('E-mail address'), 'ada@studio.example');
  await userEvent.click(screen.getByRole('button', { name: 'I have lost my password' }));
  await userEvent.click(screen.getByRole('button', { name: 'Send the letter' }));
  await screen.findByText(/This server sends no mail/);
  await userEvent.click(screen.getByRole('button', { name: 'Send the letter' }));
  await screen.findByText(/a letter with a link is on its way/);
  expect(asked.at(-1)?.body).toEqual({ email: 'ada@studio.example' });
});
