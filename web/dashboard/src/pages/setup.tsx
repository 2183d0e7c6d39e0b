import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { projectQuery } from '../api/queries';
import { LoadFailure } from '../charts/chart_card';
import { useApi } from '../session/session';
import { firstSender } from '../setup/sender_ids';
import { PageHead } from '../shell/page_head';
import { Wizard } from './setup/wizard';

const route = getRouteApi('/setup');

/** The same as what an empty project shows, for the second build, platform or SDK. */
export function SetupPage() {
  const project = useQuery(projectQuery(useApi()));
  const { sender } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <PageHead title="Set up" detail="Connect a build, and see its first event arrive." />
      {project.data ? (
        <Wizard
          project={project.data}
          sender={sender}
          onSender={(id) =>
            void navigate({
              search: ({ sender: _sender, ...rest }) => (id === firstSender ? rest : { ...rest, sender: id }),
              replace: true,
              resetScroll: false,
            })
          }
          onDone={() => void navigate({ to: '/', search: {} })}
        />
      ) : project.isError ? (
        <section className="card">
          <LoadFailure error={project.error} retry={() => void project.refetch()} />
        </section>
      ) : (
        <div className="skeleton tall" role="status" aria-label="Loading" />
      )}
    </>
  );
}
