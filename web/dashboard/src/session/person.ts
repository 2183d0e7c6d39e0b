import type { ApiClient } from '../api/client';
import type { Action, Role } from './rights';

export interface Organisation {
  id: number;
  name: string;
  role: Role;
  actions: Action[];
  projects: { id: number; name: string; environment: string }[];
  /** It lets nobody in who has no second factor, and this person has none. */
  second_factor_missing?: boolean;
}

/** Who is signed in, and where he may do what. */
export interface Me {
  user: { id: number; email: string; name: string };
  organisations: Organisation[];
  csrf: string;
}

/** One project that a person may open, and what he is there. */
export interface Place {
  project: number;
  name: string;
  environment: string;
  organisation: Organisation;
}

export const placesOf = (me: Me): Place[] =>
  me.organisations.flatMap((organisation) =>
    organisation.projects.map(({ id, name, environment }) => ({ project: id, name, environment, organisation })),
  );

export interface Entrance {
  /** Whether the server has accounts at all. */
  people: boolean;
  signed_in: boolean;
}

/** What a page asks that has no key. A server of before there were people has no such route. */
export const askEntrance = (api: ApiClient): Promise<Entrance> => api.get<Entrance>('api/v1/login');

/** An organisation that insists on a second factor shows nothing of itself to who has none. */
export async function askMe(api: ApiClient): Promise<Me> {
  const me = await api.get<Me>('api/v1/me');
  return { ...me, organisations: me.organisations.map((one) => ({ ...one, actions: one.actions ?? [], projects: one.projects ?? [] })) };
}

const chosenName = 'gm.project';

/** The project of the address, else the one that was open last, else the first. Null: the address names one that is not his. */
export function choosePlace(places: Place[], named: number | undefined): Place | null {
  const find = (project: number) => places.find((place) => place.project === project);
  if (named !== undefined) return find(named) ?? null;
  return find(Number(readChosen())) ?? places[0] ?? null;
}

function readChosen(): string | null {
  try {
    return localStorage.getItem(chosenName);
  } catch {
    return null;
  }
}

export function rememberPlace(project: number): void {
  try {
    localStorage.setItem(chosenName, String(project));
  } catch {
    // Storage is forbidden: the next visit opens the first project.
  }
}
