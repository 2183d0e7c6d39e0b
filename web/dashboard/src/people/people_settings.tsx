import { Link } from '@tanstack/react-router';
import type { Project } from '../api/types';
import type { PersonSession } from '../session/session';
import { AccountCard, SessionsCard } from './account_card';
import { ChangesCard } from './changes_card';
import { ProjectKeysCard } from './keys_card';
import { InvitationsCard, MembersCard } from './members_card';
import { OrganisationCard } from './organisation_card';
import { NewProjectCard, ProjectCard } from './project_card';
import { SecondFactorCard } from './second_factor_card';
import { sectionNames, type Section } from './sections';
import { PersonalTokensCard, ServiceTokensCard } from './tokens_card';
import './people.css';

interface Props {
  project: Project;
  person: PersonSession;
  section: Section;
}

/** What somebody who is signed in can change, one kind of thing at a time. */
export function PeopleSettings({ project, person, section }: Props) {
  return (
    <>
      <nav className="section-links" aria-label="Settings">
        {Object.entries(sectionNames).map(([id, name]) => (
          <Link
            key={id}
            to="/settings"
            search={(old) => ({ ...old, section: id === 'project' ? undefined : (id as Section) }) as never}
            aria-current={id === section ? 'page' : undefined}
          >
            {name}
          </Link>
        ))}
      </nav>
      <SectionCards project={project} person={person} section={section} />
    </>
  );
}

function SectionCards({ project, person, section }: Props) {
  const { timezone } = project;
  const { organisation } = person.place;
  switch (section) {
    case 'project':
      return null;
    case 'keys':
      return <ProjectKeysCard project={project.project} timezone={timezone} />;
    case 'members':
      return (
        <div className="settings-column">
          <MembersCard organisation={organisation} timezone={timezone} />
          <InvitationsCard organisation={organisation} timezone={timezone} />
          <OrganisationCard organisation={organisation} />
        </div>
      );
    case 'tokens':
      return (
        <div className="settings-column">
          <PersonalTokensCard timezone={timezone} />
          <ServiceTokensCard timezone={timezone} />
        </div>
      );
    case 'account':
      return (
        <div className="settings-column">
          <AccountCard />
          <SecondFactorCard onChanged={() => void person.refresh()} />
          <SessionsCard timezone={timezone} />
        </div>
      );
    case 'changes':
      return <ChangesCard organisation={organisation} timezone={timezone} />;
  }
}

/** The right column of the project's section. */
export function ProjectChanges() {
  return (
    <div className="settings-column">
      <ProjectCard />
      <NewProjectCard />
    </div>
  );
}
