import { QueryClientProvider } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ApiClient } from '../api/client';
import { NewProjectForm } from '../people/new_project_form';
import { SecondFactorCard } from '../people/second_factor_card';
import type { Me, Place } from '../session/person';
import { makeQueryClient, SessionContext, type Session } from '../session/session';
import { Logo } from '../shell/icons';

interface Props {
  me: Me;
  api: ApiClient;
  leave: Session['leave'];
  places: Place[];
  onOpen: (project: number) => void;
  /** There may be a project now, or a right to one. */
  onMade: () => void;
  onSignOut: () => void;
}

/** For somebody who is signed in, but not in the project that the address names, or in none at all; and what can be done about it. */
export function NoPlace({ me, api, leave, places, onOpen, onMade, onSignOut }: Props) {
  const session = useMemo(() => ({ api, leave, person: null }), [api, leave]);
  const queries = useMemo(() => makeQueryClient(leave), [leave]);
  const makers = me.organisations.filter(({ actions }) => actions.includes('create_project'));
  const insisting = me.organisations.filter((one) => one.second_factor_missing);
  return (
    <SessionContext.Provider value={session}>
      <QueryClientProvider client={queries}>
        <main className="prompt">
          <div className="prompt-card">
            <div className="brand">
              <Logo />
              <span>GameMetrics Pro</span>
            </div>
            {places.length > 0 ? (
              <OtherPlaces places={places} onOpen={onOpen} />
            ) : insisting.length > 0 ? (
              <>
                <h1>A second factor is needed</h1>
                <p className="muted">{insisting.map(({ name }) => name).join(', ')} lets nobody in without one.</p>
                <SecondFactorCard onChanged={onMade} />
              </>
            ) : makers.length > 0 ? (
              <>
                <h1>The first project</h1>
                <p className="muted">
                  One game in one environment. Its days and its money are counted in the zone and currency chosen here.
                </p>
                <NewProjectForm organisations={makers} onMade={onMade} />
              </>
            ) : (
              <>
                <h1>No project yet</h1>
                <p className="muted">
                  {me.user.email} is a member of no organisation that has a project. Ask an admin or owner for an invitation.
                </p>
              </>
            )}
            <button type="button" className="button" onClick={onSignOut}>
              Sign out
            </button>
          </div>
        </main>
      </QueryClientProvider>
    </SessionContext.Provider>
  );
}

function OtherPlaces({ places, onOpen }: { places: Place[]; onOpen: (project: number) => void }) {
  return (
    <>
      <h1>This project is not one of yours</h1>
      <p className="muted">The link names a project that you may not open, or that is not there. Yours are:</p>
      {places.map(({ project, name, environment, organisation }) => (
        <button key={project} type="button" className="button" onClick={() => onOpen(project)}>
          {name} · {environment} · {organisation.name}
        </button>
      ))}
    </>
  );
}
