import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import type { ApiClient } from '../api/client';
import { ApiError } from '../api/problem';
import type { Me, Place } from './person';
import { actionsOfKey, type Action } from './rights';

/** What only somebody who is signed in has; a project key has none of it. */
export interface PersonSession {
  me: Me;
  place: Place;
  places: Place[];
  openProject: (project: number) => void;
  /** Asks anew who one is and what one may, after a change of it. */
  refresh: () => Promise<void>;
  signOut: () => Promise<void>;
}

export interface Session {
  api: ApiClient;
  /** Forgets the key or the session, which is no good any more, and asks for another one. */
  leave: (reason?: ApiError) => void;
  person: PersonSession | null;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession outside of SessionProvider');
  return session;
}

export const useApi = (): ApiClient => useSession().api;

/** Whether whoever looks at the page may do something in the open project. The server decides; this only says what to offer. */
export function useMay(): (action: Action) => boolean {
  const { person } = useSession();
  const allowed = person?.place.organisation.actions ?? actionsOfKey;
  return (action) => allowed.includes(action);
}

export function makeQueryClient(onRefused: (error: ApiError) => void): QueryClient {
  const onError = (error: Error) => {
    if (error instanceof ApiError && error.isAboutKey) onRefused(error);
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
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
      mutations: { networkMode: 'always' },
    },
  });
}
