import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { projectQuery } from '../api/queries';
import type { Project } from '../api/types';
import { LoadFailure } from '../charts/chart_card';
import { dateAndTime } from '../format/dates';
import { formatNumber } from '../format/numbers';
import { baseUrl } from '../session/base_url';
import { readKey } from '../session/key_store';
import { useSession } from '../session/session';
import { PeopleSettings, ProjectChanges } from '../people/people_settings';
import { PageHead } from '../shell/page_head';
import { CommandList } from './settings/command_list';
import { keyCommands, projectCommands, serverCommands } from './settings/commands';
import './settings/settings.css';

const route = getRouteApi('/settings');

/** What the project is, and how each thing is changed: here by who is signed in; with a key that reads, by the commands of the server. */
export function SettingsPage() {
  const { api, person } = useSession();
  const { section = 'project' } = route.useSearch();
  const project = useQuery(projectQuery(api));
  return (
    <>
      <PageHead
        title="Settings"
        detail={
          person
            ? `What you may change as ${person.place.organisation.role} of ${person.place.organisation.name}.`
            : 'A project key reads. What changes a project is done on the server, with these commands.'
        }
      />
      {project.data ? (
        <>
          {person && <PeopleSettings project={project.data} person={person} section={section} />}
          {(person === null || section === 'project') && (
            <div className="settings-grid">
              <div className="settings-column">
                <ProjectCard project={project.data} />
                <ServerCard />
              </div>
              {person ? <ProjectChanges /> : <KeysCard />}
            </div>
          )}
        </>
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

function ProjectCard({ project }: { project: Project }) {
  const moment = (iso: string | null) => (iso === null ? '–' : dateAndTime(iso, project.timezone));
  const facts: [name: string, label: string, value: string][] = [
    ['name', 'Name', project.name],
    ['project', 'Number', String(project.project)],
    ['timezone', 'Time zone of its days', project.timezone],
    ['currency', 'Currency of its revenue', project.currency],
    ['events', 'Events counted', formatNumber(project.events, 'count')],
    ['created_at', 'Made', moment(project.created_at)],
    ['first_event_at', 'First event', moment(project.first_event_at)],
    ['last_event_at', 'Last event', moment(project.last_event_at)],
  ];
  return (
    <section className="card settings-card" aria-labelledby="settings-project">
      <h2 id="settings-project">Project</h2>
      <dl className="facts">
        {facts.map(([name, label, value]) => (
          <div key={name}>
            <dt>{label}</dt>
            <dd data-fact={name}>{value}</dd>
          </div>
        ))}
      </dl>
      <CommandList commands={projectCommands(project.project)} />
    </section>
  );
}

// As `key list` shows a key: enough to find it again, too little to use it.
const shownLength = 10;
const beginningOf = (key: string | null): string => (key === null ? 'none' : `${key.slice(0, shownLength)}…`);

function KeysCard() {
  const { leave } = useSession();
  return (
    <section className="card settings-card" aria-labelledby="settings-keys">
      <h2 id="settings-keys">Keys</h2>
      <p className="muted">
        The server keeps no key it could show, only what tells whether one is right: a lost key is revoked and a new one made, while the
        server runs. In this browser:
      </p>
      <dl className="facts">
        <div>
          <dt>Project key, reads numbers</dt>
          <dd className="mono" data-fact="project_key">
            {beginningOf(readKey('project'))}
          </dd>
        </div>
        <div>
          <dt>Write key, for the snippets of the set-up page</dt>
          <dd className="mono" data-fact="write_key">
            {beginningOf(readKey('write'))}
          </dd>
        </div>
      </dl>
      <p className="settings-actions">
        <button type="button" className="button" onClick={() => leave()}>
          Use another project key
        </button>
        <Link className="button" to="/setup">
          Connect a build
        </Link>
      </p>
      <CommandList commands={keyCommands} />
    </section>
  );
}

function ServerCard() {
  return (
    <section className="card settings-card" aria-labelledby="settings-server">
      <h2 id="settings-server">Server</h2>
      <p className="muted">
        Limits, addresses and storage are settings of the server: a file in YAML, the environment and the command line, each stronger
        than the one before. It also serves the <a href={new URL('docs', baseUrl).href}>description of the API</a> and the{' '}
        <a href={new URL('docs/errors', baseUrl).href}>error codes</a>.
      </p>
      <CommandList commands={serverCommands} />
    </section>
  );
}
