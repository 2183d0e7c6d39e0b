import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { projectQuery } from '../api/queries';
import type { Project } from '../api/types';
import { LoadFailure } from '../charts/chart_card';
import { useApi } from '../session/session';
import { PageHead } from '../shell/page_head';
import { GetStarted } from './get_started';

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
  return project.data.first_event_at === null ? <GetStarted project={project.data} /> : children(project.data);
}
