import { ApiClient, noCredentials } from '../api/client';
import { ApiError } from '../api/problem';
import { baseUrl } from '../session/base_url';

/** The right password of somebody with a second factor gives no session yet, but a challenge to answer with a code. */
export interface Challenge {
  second_factor_required: true;
  challenge: string;
  expires_at: string;
}

export type SignedIn = { csrf: string } | Challenge;

export const isChallenge = (answer: SignedIn): answer is Challenge => 'challenge' in answer;

const visitor = new ApiClient(baseUrl, noCredentials);

export const signIn = (email: string, password: string): Promise<SignedIn> =>
  visitor.post('api/v1/login', { email: email.trim(), password });

export const answerChallenge = (challenge: string, code: string): Promise<SignedIn> =>
  visitor.post('api/v1/login/second-factor', { challenge, code });

export const acceptInvitation = (token: string, name: string, password: string): Promise<SignedIn> =>
  visitor.post('api/v1/invitations/accept', { token, ...(name.trim() === '' ? {} : { name: name.trim() }), password });

export const askForReset = (email: string): Promise<void> => visitor.post('api/v1/password-resets', { email: email.trim() });

export const resetPassword = (token: string, password: string): Promise<void> =>
  visitor.post('api/v1/password-resets/accept', { token, password });

const noMail =
  'This server sends no mail. Whoever runs it replaces a lost password on its own machine: gamemetrics user password.';

const sentences: Record<string, string> = {
  'gm-login-failed': 'Address or password is wrong.',
  'gm-login-locked':
    'Too many wrong attempts: the account is locked for some minutes, for the right password as well. Wait, then try again.',
  'gm-users-busy': 'The server checks many passwords right now. Try again in a moment.',
  'gm-second-factor-wrong': 'This code is not right, or was used before. Wait for the next one, or look at the clock of the device.',
  'gm-challenge-unknown': 'That took too long, or was tried too often. Sign in again from the password on.',
  'gm-mail-off': noMail,
  // A server of before there were letters.
  'gm-route-unknown': noMail,
  'gm-reset-unknown': 'This link is not good any more: it was used, or has expired. Ask for another letter at the sign-in.',
  'gm-invitation-unknown':
    'This invitation is not good any more: it was taken, withdrawn, or has expired. Ask whoever invited you for another one.',
};

/** What went wrong on the way in, in words; without telling more than the server does. */
export function refusalOf(error: Error): string {
  if (!(error instanceof ApiError)) return error.message;
  if (error.code === 'gm-rate-limited') {
    const wait = error.retryAfterSeconds;
    return `Too many attempts from this network. Try again in ${wait === null ? 'a minute' : `${wait} seconds`}.`;
  }
  return sentences[error.code] ?? error.message;
}

/** Why somebody who was in is before the sign-in again. */
export function reasonOf(error: ApiError): string {
  if (error.code === 'gm-session-unknown') return 'Your session has ended. Sign in again; the page that was open comes back.';
  if (error.code.startsWith('gm-key-')) return 'The server did not accept the project key of this browser. Sign in, or use another key.';
  return error.message;
}
