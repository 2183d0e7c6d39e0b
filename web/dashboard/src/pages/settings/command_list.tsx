import type { Command } from './commands';

/** Commands to read and copy. They look for the data where the server does: --data_dir or --config say where else. */
export function CommandList({ commands }: { commands: Command[] }) {
  return (
    <dl className="commands">
      {commands.map(({ what, command, note }) => (
        <div key={command}>
          <dt>{what}</dt>
          <dd>
            <code data-command="">{command}</code>
            {note && <p className="fine muted">{note}</p>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
