// What one may do, by the names that the server gives it (docs/reference/rights.md).

export const roles = ['viewer', 'support', 'analyst', 'admin', 'owner'] as const;
export type Role = (typeof roles)[number];

export const actions = {
  see_organisation: 'see the organisation and its projects',
  read_numbers: 'read numbers',
  read_players: 'read about single players',
  run_sql: 'ask by SQL',
  change_schema: 'declare types of properties and undo links of players',
  manage_alerts: 'make and change alert rules and channels, and see what was sent',
  erase_players: 'have a player erased, kept out, or put right',
  export_players: 'have everything of a player written to a file, and fetch it',
  see_members: 'see who is a member',
  see_keys: 'see keys by their first characters',
  manage_keys: 'make, rotate and revoke keys',
  create_project: 'create projects and environments',
  change_project: 'rename projects',
  manage_members: 'invite, remove and change members',
  manage_service_tokens: 'see, make and revoke tokens of services',
  read_audit: 'read the log of changes',
  manage_owners: 'make, change and remove owners',
  change_organisation: 'rename the organisation',
} as const;
export type Action = keyof typeof actions;

/** What a project key may: all that is read or declared in its project, and nothing about people. */
export const actionsOfKey: readonly Action[] = [
  'read_numbers',
  'read_players',
  'run_sql',
  'change_schema',
  'manage_alerts',
  'erase_players',
  'export_players',
];

const withRight = (action: Action): string => `${actions[action]}.`;

/** Why something is not offered, and who can change that. */
export const whyNot = (action: Action, role: Role | undefined): string =>
  role === undefined
    ? `A project key may not ${withRight(action)} Sign in to do it.`
    : `The role ${role} may not ${withRight(action)} An admin or owner of the organisation can give you another one.`;
