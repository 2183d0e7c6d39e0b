// An invitation comes as `#invitation=gm_in_...`: a fragment reaches no server and no log. It is kept until it was taken, in memory only.

const pattern = /^gm_in_[\w-]+$/;
let adopted: string | null = null;

export function invitationOfFragment(hash: string): string | null {
  const token = new URLSearchParams(hash.replace(/^#/, '')).get('invitation')?.trim() ?? '';
  return pattern.test(token) ? token : null;
}

/** Before the router reads the address: what can be taken once must not stay in it. */
export function adoptInvitationFromAddress(location: Location, history: History): void {
  adopted = invitationOfFragment(location.hash);
  if (adopted !== null) history.replaceState(history.state, '', location.pathname + location.search);
}

export const invitationOfAddress = (): string | null => adopted;

export const invitationLink = (base: string, token: string): string => `${base}#invitation=${token}`;
