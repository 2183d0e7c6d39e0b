import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { ApiClient } from '../api/client';
import { ApiError } from '../api/problem';
import { baseUrl } from './base_url';
import { KeyPrompt } from './key_prompt';
import { readKey, storeKey } from './key_store';

export interface Session {
  api: ApiClient;
  /** Forgets the key and asks for another one. */
  leave: (reason?: ApiError) => void;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession outside of SessionProvider');
  return session;
}

export const useApi = (): ApiClient => useSession().api;

export function makeQueryClient(onKeyRefused: (error: ApiError) => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiError && error.isAboutKey) onKeyRefused(error);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // A 4xx will not get better by asking again; an overloaded or restarting server will.
        retry: (failures, error) =>
          failures < 2 &&
          (!(error instanceof ApiError) || error.status === 0 || error.status >= 500 || error.status === 429),
        // The server is on the same host or network: the browser's idea of being online says nothing about it.
        networkMode: 'always',
      },
    },
  });
}

/** Shows the key prompt until there is a key that the server takes. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [key, setKey] = useState(() => readKey('project'));
  const [refusal, setRefusal] = useState<ApiError | null>(null);

  const leave = useCallback((reason?: ApiError) => {
    storeKey('project', null);
    setRefusal(reason ?? null);
    setKey(null);
  }, []);
  const enter = useCallback((entered: string) => {
    storeKey('project', entered);
    setRefusal(null);
    setKey(entered);
  }, []);

  // One cache per key: numbers of one project must never show up under another's name.
  const session = useMemo(() => (key === null ? null : { api: new ApiClient(baseUrl, key), leave }), [key, leave]);
  const queries = useMemo(() => (session === null ? null : makeQueryClient(session.leave)), [session]);

  if (session === null || queries === null) return <KeyPrompt refusal={refusal} onKey={enter} />;
  return (
    <SessionContext.Provider value={session}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </SessionContext.Provider>
  );
}
