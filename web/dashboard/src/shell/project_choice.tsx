import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useSession, type PersonSession } from '../session/session';

/** Opens the project that the address names, and has the address name the one that is open wherever there are several. */
export function useProjectOfAddress(): void {
  const { person } = useSession();
  const navigate = useNavigate();
  const named = useSearch({ strict: false, select: ({ project }) => project });
  const open = person?.place.project;
  const several = (person?.places.length ?? 0) > 1;
  const openProject = person?.openProject;
  useEffect(() => {
    if (open === undefined || named === open) return;
    if (named !== undefined) openProject?.(named);
    else if (several) void navigate({ to: '.', search: ((old: object) => ({ ...old, project: open })) as never, replace: true });
  }, [named, open, several, openProject, navigate]);
}

/** The name of the project at the top of the navigation; with several, the choice among them. */
export function ProjectChoice({ person }: { person: PersonSession }) {
  const navigate = useNavigate();
  // Another project has other events, players and levels: what the address says beside the project would not fit it.
  const choose = (project: string) => void navigate({ to: '.', search: { project: Number(project) } as never });
  return (
    <select
      className="field compact project-choice"
      aria-label="Project"
      value={person.place.project}
      onChange={(event) => choose(event.target.value)}
    >
      {person.places.map(({ project, name, environment }) => (
        <option key={project} value={project}>
          {environment === 'production' ? name : `${name} · ${environment}`}
        </option>
      ))}
    </select>
  );
}
