/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { storageCommands } from '../pipeline/storage_commands';
import { keyCommands, projectCommands, serverCommands } from './commands';

const reference = readFileSync('../../docs/reference/cli.md', 'utf8');

/** The help of a command as the reference prints it. */
const helpOf = (command: string): string | undefined =>
  reference.split(/^## /m).find((section) => section.startsWith(`${command}\n`));

test('each command of the pages is one of the program, with options and kinds that it has', () => {
  const shown = [...projectCommands(1), ...keyCommands, ...serverCommands, ...storageCommands]
    .map(({ command }) => command)
    .filter((command) => command.startsWith('gamemetrics '));
  expect(shown.length).toBeGreaterThan(12);
  for (const command of shown) {
    const words = command.split(' ');
    // The longest beginning that the reference knows; what follows are values and options.
    const known = words.map((_, index) => words.slice(0, index + 1).join(' ')).findLast((name) => helpOf(name));
    expect(known?.split(' ').length, command).toBeGreaterThan(1);
    const rest = words.slice(known?.split(' ').length);
    const help = helpOf(known ?? '') ?? '';
    expect(help, command).not.toContain('SUBCOMMAND');
    for (const word of rest.filter((one) => /^--|^[a-z]+$/.test(one))) expect(help, command).toContain(word);
  }
});
