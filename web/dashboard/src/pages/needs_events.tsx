import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { projectQuery } from '../api/queries';
import type { Project } from '../api/types';
import { LoadFailure } from '../charts/chart_card';
import { Addable } from '../boards/addable';
import { useApi } from '../session/session';
import { PageHead } from '../shell/page_head';

// Most projects have events: the wizard is loaded by those that have none.
const GetStarted = lazy(() => import('./get_started').then((module) => ({ default: module.GetStarted })));

interface Props {
  title: string;
  children: (project: Project) => ReactNode;
}

/** Charts need a project with events; until the first one arrives the page says how to send it. */
export function NeedsEvents({ title, children }: Props) {
  const project = useQuery(projectQuery(useApi()));
  if (project.data === undefined) {
    return (
      <>
        <PageHead title={title} />
        {project.isError ? (
          <section className="card">
            <LoadFailure error={project.error} retry={() => void project.refetch()} />
          </section>
        ) : (
          <div className="skeleton tall" role="status" aria-label="Loading" />
        )}
      </>
    );
  }
  return <OnceThereAreEvents project={project.data}>{children}</OnceThereAreEvents>;
}

function OnceThereAreEvents({ project, children }: { project: Project; children: Props['children'] }) {
  // Whoever waited for the first event wants to see what it was before the charts take its place.
  const [waits, setWaits] = useState(project.first_event_at === null);
  if (!waits) return <Addable project={project}>{children(project)}</Addable>;
  return (
    <Suspense fallback={<div className="skeleton tall" role="status" aria-label="Loading" />}>
      <GetStarted project={project} onDone={() => setWaits(false)} />
    </Suspense>
  );
}
