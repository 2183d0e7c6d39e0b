/** A thing that somebody wants to do, and the command that does it. */
export interface Command {
  what: string;
  command: string;
  /** What happens besides. */
  note?: string;
}

export const projectCommands = (project: number): Command[] => [
  {
    what: 'Another time zone or currency',
    command: `gamemetrics project set --project ${project} --time-zone Europe/Berlin --currency EUR`,
    note: 'The server is stopped for it. Every event is counted anew, so that all days are right.',
  },
  {
    what: 'All projects of the server',
    command: 'gamemetrics project list',
    note: 'The name is given once, at the first start, with the setting project.name.',
  },
];

export const keyCommands: Command[] = [
  { what: 'All keys, by their first characters', command: 'gamemetrics key list' },
  { what: 'A key for a game build', command: 'gamemetrics key create write', note: 'It is printed once.' },
  {
    what: 'A key for web pages of yours alone',
    command: 'gamemetrics key create write --origin https://game.example',
    note: 'Holds browsers to it, and nobody else.',
  },
  {
    what: 'A key for your own server, whose purchases are believed',
    command: 'gamemetrics key create server',
    note: 'It must not be in a game.',
  },
  { what: 'A pair of keys for GameAnalytics SDKs', command: 'gamemetrics key create gameanalytics' },
  { what: 'A key for another reader of these numbers', command: 'gamemetrics key create project' },
  { what: 'Refuse a key from now on', command: 'gamemetrics key revoke 3', note: 'Its number is in the list.' },
];

export const serverCommands: Command[] = [
  { what: 'Every setting, with its meaning, default and bounds', command: 'gamemetrics settings-reference' },
  { what: 'What is set here, and by what', command: 'gamemetrics config show' },
  { what: 'Whether a file is right, before a restart', command: 'gamemetrics config check --config gamemetrics.yaml' },
  { what: 'What would keep the server from running', command: 'gamemetrics doctor' },
];
