import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { ApiClient } from '../api/client';
import type { Action, Role } from '../session/rights';
import { useApi } from '../session/session';

export interface OwnedProject {
  id: number;
  organisation: number;
  name: string;
  environment: string;
  game: number;
  time_zone: string;
  currency: string;
  created_at: string;
}

export type KeyKind = 'write' | 'project' | 'gameanalytics' | 'server';

export interface ProjectKey {
  id: number;
  kind: KeyKind;
  prefix: string;
  origins: string[];
  created_at: string;
  /** Also in the future: until then a key that was rotated still works. */
  revoked_at: string | null;
}

/** A key as it is shown once; those of GameAnalytics have a secret beside it. */
export type MadeKey = ProjectKey & { key: string; secret?: string };

export interface Member {
  id: number;
  email: string;
  name: string;
  role: Role;
  since: string;
}

export interface Invitation {
  id: number;
  email: string;
  role: Role;
  created_at: string;
  expires_at: string;
}

export interface Token {
  id: number;
  name: string;
  prefix: string;
  scopes: Action[];
  /** Of a service. */
  role?: Role;
  created_at: string;
  expires_at: string | null;
  used_at: string | null;
  revoked_at: string | null;
}

export interface SignInSession {
  id: number;
  current: boolean;
  created_at: string;
  seen_at: string;
  address: string;
  agent: string;
}

export interface Change {
  id: number;
  at: string;
  actor: string;
  address: string;
  action: string;
  object: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

export interface SecondFactor {
  enabled: boolean;
  since: string | null;
  recovery_codes_left: number;
  required: boolean;
}

const ofOrganisation = (organisation: number, what: string): string => `api/v1/organisations/${organisation}/${what}`;

const listOf = <Row>(api: ApiClient, path: string, member: string) =>
  queryOptions({
    queryKey: ['people', path],
    queryFn: async ({ signal }) => (await api.get<Record<string, Row[]>>(path, {}, signal))[member] ?? [],
  });

export const projectFacts = (api: ApiClient, project: number) =>
  queryOptions({
    queryKey: ['people', 'project', project],
    queryFn: ({ signal }) => api.get<OwnedProject>(`api/v1/projects/${project}`, {}, signal),
  });

export const organisationFacts = (api: ApiClient, organisation: number) =>
  queryOptions({
    queryKey: ['people', 'organisation', organisation],
    queryFn: ({ signal }) =>
      api.get<{ name: string; require_second_factor?: boolean }>(`api/v1/organisations/${organisation}`, {}, signal),
  });

export const keysOf = (api: ApiClient, project: number) => listOf<ProjectKey>(api, `api/v1/projects/${project}/keys`, 'keys');
export const membersOf = (api: ApiClient, organisation: number) =>
  listOf<Member>(api, ofOrganisation(organisation, 'members'), 'members');
export const invitationsOf = (api: ApiClient, organisation: number) =>
  listOf<Invitation>(api, ofOrganisation(organisation, 'invitations'), 'invitations');
export const serviceTokensOf = (api: ApiClient, organisation: number) =>
  listOf<Token>(api, ofOrganisation(organisation, 'service-tokens'), 'tokens');
export const ownTokens = (api: ApiClient) => listOf<Token>(api, 'api/v1/tokens', 'tokens');
export const ownSessions = (api: ApiClient) => listOf<SignInSession>(api, 'api/v1/sessions', 'sessions');

/** A server of before there was one answers 404: nothing to offer then. */
export const ownSecondFactor = (api: ApiClient) =>
  queryOptions({
    queryKey: ['people', 'second-factor'],
    queryFn: ({ signal }) => api.get<SecondFactor>('api/v1/me/second-factor', {}, signal),
  });

const changesPerPage = 50;

export const readChanges = (api: ApiClient, organisation: number, before: number | null, signal: AbortSignal) =>
  api.get<{ entries: Change[]; next: number | null }>(
    ofOrganisation(organisation, 'audit'),
    { limit: changesPerPage, before },
    signal,
  );

/** Sends a change; once it is done, every list of its kind is asked for anew: of people, keys and tokens, or of alerts. */
export function useChange<Wanted, Made = void>(
  send: (api: ApiClient, wanted: Wanted) => Promise<Made>,
  onDone?: (made: Made) => void,
  kind: 'people' | 'alerts' = 'people',
) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation<Made, Error, Wanted>({
    mutationFn: (wanted) => send(api, wanted),
    onSuccess: async (made) => {
      onDone?.(made);
      await queries.invalidateQueries({ queryKey: [kind] });
    },
  });
}
