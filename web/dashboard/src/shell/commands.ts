export interface Command {
  id: string;
  label: string;
  /** What kind of thing it is, shown beside it. */
  kind: string;
  run: () => void;
}

/** Commands whose words begin with what was typed come first, then those that hold it anywhere; each word typed has to be found. */
export function matching(commands: Command[], typed: string): Command[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const rank = (command: Command): number => {
    const text = `${command.label} ${command.kind}`.toLowerCase();
    if (!words.every((word) => text.includes(word))) return 2;
    return words.every((word) => text.split(/\s+/).some((part) => part.startsWith(word))) ? 0 : 1;
  };
  const ranked = commands.map((command) => ({ command, rank: rank(command) }));
  return ranked
    .filter((entry) => entry.rank < 2)
    .toSorted((a, b) => a.rank - b.rank)
    .map((entry) => entry.command);
}
