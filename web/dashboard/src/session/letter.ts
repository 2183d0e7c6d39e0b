// A link that is good once, as somebody was sent it: what is behind `#` reaches no server and no log. It is kept in memory until it was
// taken. An invitation is `#invitation=gm_in_...` anywhere; letters lead to pages of their own, with `#token=`.

export interface Letter {
  kind: 'invitation' | 'reset';
  token: string;
}

const kinds: Record<string, Letter['kind']> = { gm_in: 'invitation', gm_rs: 'reset' };
const pattern = /^(gm_in|gm_rs)_[\w-]+$/;
/** The paths that letters name; neither is a page of its own. */
const paths = /\/(accept-invitation|reset-password)$/;

let adopted: Letter | null = null;

export function letterOfFragment(hash: string): Letter | null {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const token = (parameters.get('invitation') ?? parameters.get('token') ?? '').trim();
  const kind = kinds[pattern.exec(token)?.[1] ?? ''];
  return kind === undefined ? null : { kind, token };
}

/** Before the router reads the address: what can be taken once must not stay in it. */
export function adoptLetterFromAddress(location: Location, history: History): void {
  adopted = letterOfFragment(location.hash);
  if (adopted === null) return;
  history.replaceState(history.state, '', location.pathname.replace(paths, '/') + location.search);
}

export const letterOfAddress = (): Letter | null => adopted;

export const invitationLink = (base: string, token: string): string => `${base}#invitation=${token}`;
