import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { ApiClient, keyCredentials, noCredentials, sessionCredentials } from '../api/client';
import { ApiError } from '../api/problem';
import { baseUrl } from './base_url';
import { KeyPrompt } from './key_prompt';
import { readKey, storeKey } from './key_store';
import { letterOfAddress, type Letter } from './letter';
import { askEntrance, askMe, choosePlace, placesOf, rememberPlace, type Me } from './person';
import { makeQueryClient, SessionContext, type PersonSession, type Session } from './session';

// Who comes with a key never needs them.
const SignInPage = lazy(() => import('../sign_in/sign_in_page').then((module) => ({ default: module.SignInPage })));
const InvitationPage = lazy(() => import('../sign_in/invitation_page').then((module) => ({ default: module.InvitationPage })));
const ResetPage = lazy(() => import('../sign_in/reset_page').then((module) => ({ default: module.ResetPage })));
const NoPlace = lazy(() => import('../sign_in/no_place').then((module) => ({ default: module.NoPlace })));

type Standing =
  | { at: 'asking'; reason: ApiError | null }
  | { at: 'unreachable'; error: ApiError }
  | { at: 'prompt'; reason: ApiError | null; people: boolean }
  | { at: 'sign_in'; reason: ApiError | null }
  | { at: 'letter'; letter: Letter }
  | { at: 'key'; key: string }
  | { at: 'person'; me: Me };

function atStart(): Standing {
  const letter = letterOfAddress();
  if (letter !== null) return { at: 'letter', letter };
  const key = readKey('project');
  return key === null ? { at: 'asking', reason: null } : { at: 'key', key };
}

const visitor = new ApiClient(baseUrl, noCredentials);

/** Where somebody without a key stands: in, before the sign-in, or before the key prompt of a server that knows nobody. */
async function whereWithoutKey(reason: ApiError | null): Promise<Standing> {
  try {
    const { people, signed_in } = await askEntrance(visitor);
    if (signed_in) return { at: 'person', me: await askMe(visitor) };
    return people ? { at: 'sign_in', reason } : { at: 'prompt', reason, people };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) return { at: 'prompt', reason, people: false };
    return { at: 'unreachable', error };
  }
}

/** Shows the way in until there is a key or a session that the server takes. The address stays as it is: it is where one wanted to go. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [standing, setStanding] = useState(atStart);
  useEffect(() => {
    if (standing.at !== 'asking') return;
    let current = true;
    void whereWithoutKey(standing.reason).then((found) => current && setStanding(found));
    return () => {
      current = false;
    };
  }, [standing]);

  const ask = useCallback((reason: ApiError | null = null) => setStanding({ at: 'asking', reason }), []);
  const enterKey = useCallback((key: string) => {
    storeKey('project', key);
    setStanding({ at: 'key', key });
  }, []);
  const onMe = useCallback((me: Me) => setStanding({ at: 'person', me }), []);
  const onLost = useCallback((error: ApiError) => setStanding({ at: 'unreachable', error }), []);
  const leave = useCallback(
    (reason?: ApiError) => {
      storeKey('project', null);
      // Several requests may be refused at once: the later ones must not take away what is being typed into the sign-in.
      setStanding((now) => (now.at === 'sign_in' || now.at === 'prompt' ? now : { at: 'asking', reason: reason ?? null }));
    },
    [],
  );

  switch (standing.at) {
    case 'asking':
      return <div className="skeleton tall" role="status" aria-label="Loading" />;
    case 'unreachable':
      return <Unreachable error={standing.error} retry={() => ask()} />;
    case 'prompt':
      return (
        <KeyPrompt
          refusal={standing.reason}
          onKey={enterKey}
          onSignIn={standing.people ? () => setStanding({ at: 'sign_in', reason: null }) : null}
        />
      );
    case 'sign_in':
      return (
        <Suspense>
          <SignInPage
            reason={standing.reason}
            onDone={() => ask()}
            onKey={() => setStanding({ at: 'prompt', reason: null, people: true })}
          />
        </Suspense>
      );
    case 'letter': {
      const LetterPage = standing.letter.kind === 'invitation' ? InvitationPage : ResetPage;
      return (
        <Suspense>
          <LetterPage token={standing.letter.token} onDone={() => leave()} />
        </Suspense>
      );
    }
    case 'key':
      return (
        <WithKey secret={standing.key} leave={leave}>
          {children}
        </WithKey>
      );
    case 'person':
      return (
        <WithPerson me={standing.me} onMe={onMe} onLost={onLost} leave={leave}>
          {children}
        </WithPerson>
      );
  }
}

function Unreachable({ error, retry }: { error: ApiError; retry: () => void }) {
  return (
    <main className="prompt">
      <div className="prompt-card" role="alert">
        <h1>The server does not answer</h1>
        <p className="muted">{error.message}</p>
        <button type="button" className="button primary" onClick={retry}>
          Try again
        </button>
      </div>
    </main>
  );
}

interface InsideProps {
  leave: Session['leave'];
  children: ReactNode;
}

function WithKey({ secret, leave, children }: InsideProps & { secret: string }) {
  const session = useMemo(
    () => ({ api: new ApiClient(baseUrl, keyCredentials(secret)), leave, person: null }),
    [secret, leave],
  );
  return (
    <Inside key={secret} session={session}>
      {children}
    </Inside>
  );
}

function projectOfAddress(): number | undefined {
  const named = new URLSearchParams(window.location.search).get('project');
  return named === null ? undefined : Number(named);
}

interface PersonProps extends InsideProps {
  me: Me;
  onMe: (me: Me) => void;
  /** The server did not answer: whether one is still signed in is not known. */
  onLost: (error: ApiError) => void;
}

function WithPerson({ me, onMe, onLost, leave, children }: PersonProps) {
  const [named, setNamed] = useState(projectOfAddress);
  const places = useMemo(() => placesOf(me), [me]);
  const place = useMemo(() => choosePlace(places, named), [places, named]);
  const api = useMemo(
    () => new ApiClient(baseUrl, sessionCredentials(me.csrf, place?.project ?? null)),
    [me.csrf, place?.project],
  );
  const refresh = useCallback(async () => onMe(await askMe(api)), [api, onMe]);
  const signOut = useCallback(async () => {
    try {
      await api.post('api/v1/logout', {});
      leave();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.isAboutKey) leave();
      else onLost(error);
    }
  }, [api, leave, onLost]);
  useEffect(() => {
    if (place) rememberPlace(place.project);
  }, [place]);

  const session = useMemo(() => {
    if (place === null) return null;
    const person: PersonSession = { me, place, places, openProject: setNamed, refresh, signOut };
    return { api, leave, person };
  }, [me, place, places, refresh, signOut, api, leave]);
  if (session === null || place === null)
    return (
      <Suspense>
        <NoPlace
          me={me}
          api={api}
          leave={leave}
          places={places}
          onOpen={setNamed}
          onMade={() => void refresh()}
          onSignOut={() => void signOut()}
        />
      </Suspense>
    );
  return (
    <Inside key={place.project} session={session}>
      {children}
    </Inside>
  );
}

/** One cache per key or project, and pages that begin anew: numbers of one project must never show up under another's name. */
function Inside({ session, children }: { session: Session; children: ReactNode }) {
  const { leave } = session;
  const queries = useMemo(() => makeQueryClient(leave), [leave]);
  return (
    <SessionContext.Provider value={session}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </SessionContext.Provider>
  );
}
