import { QueryClientProvider } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { makeQueryClient, SessionContext, type Session } from './session/session';

/** A session around a client of the test's own, without key prompt and storage. */
export function TestSession({ api, leave, children }: Session & { children: ReactNode }) {
  const session = useMemo(() => ({ api, leave }), [api, leave]);
  const queries = useMemo(() => makeQueryClient(leave), [leave]);
  return (
    <SessionContext.Provider value={session}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </SessionContext.Provider>
  );
}
