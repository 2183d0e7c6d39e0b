import { QueryClientProvider } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { makeQueryClient, SessionContext, type PersonSession, type Session } from './session/session';

interface Props extends Omit<Session, 'person'> {
  /** Without one, a project key is what opened the page. */
  person?: PersonSession | null;
  children: ReactNode;
}

/** A session around a client of the test's own, without key prompt and storage. */
export function TestSession({ api, leave, person = null, children }: Props) {
  const session = useMemo(() => ({ api, leave, person }), [api, leave, person]);
  const queries = useMemo(() => makeQueryClient(leave), [leave]);
  return (
    <SessionContext.Provider value={session}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </SessionContext.Provider>
  );
}
