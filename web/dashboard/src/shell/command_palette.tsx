import { useNavigate } from '@tanstack/react-router';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { useMarksShown } from '../marks/marks_shown';
import { useSession } from '../session/session';
import { defaultPreset, presets, withRange, type Preset } from '../state/range';
import { useAllowedPages } from './allowed_page';
import { matching, type Command } from './commands';
import { nextTheme, setTheme, useTheme } from './theme';
import { useModal } from './use_modal';

/** Ctrl+K or ⌘K, also inside of fields: nobody types it by chance. */
export function usePaletteKey(open: () => void): void {
  const latest = useRef(open);
  useEffect(() => {
    latest.current = open;
  });
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'k') return;
      event.preventDefault();
      if (!document.querySelector('dialog[open]')) latest.current();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

interface Props {
  onClose: () => void;
  onHelp: () => void;
}

function useCommands(typed: string, onHelp: () => void): Command[] {
  const navigate = useNavigate();
  const { leave, person } = useSession();
  const allowed = useAllowedPages();
  const theme = useTheme();
  const marks = useMarksShown();
  const toRange = (preset: Preset) =>
    void navigate({
      to: '.',
      // The page keeps everything else of its address.
      search: ((old: object) => withRange(old, preset === defaultPreset ? {} : { range: preset })) as never,
    });
  const fixed: Command[] = [
    ...allowed
      .filter((page) => !page.unlisted)
      .map(({ path, label }) => ({ id: path, label, kind: 'page', run: () => void navigate({ to: path }) })),
    ...(Object.keys(presets) as Preset[]).map((preset) => ({
      id: preset,
      label: `Last ${presets[preset]} days`,
      kind: 'range',
      run: () => toRange(preset),
    })),
    {
      id: 'marks',
      label: marks ? 'Hide releases and notes on charts' : 'Show releases and notes on charts',
      kind: 'charts',
      run: () =>
        void navigate({ to: '.', search: ((old: object) => ({ ...old, marks: marks ? 'none' : undefined })) as never }),
    },
    { id: 'theme', label: 'Change the theme', kind: 'look', run: () => setTheme(nextTheme(theme)) },
    { id: 'help', label: 'Keyboard shortcuts and help', kind: 'help', run: onHelp },
    person
      ? { id: 'out', label: 'Sign out', kind: 'session', run: () => void person.signOut() }
      : { id: 'key', label: 'Use another project key', kind: 'session', run: () => leave() },
  ];
  const found = matching(fixed, typed);
  const id = typed.trim();
  if (id === '') return found;
  // Any text may be a player's id; the search looks through all of them.
  const search: Command = {
    id: 'player',
    label: `Find players with “${id}”`,
    kind: 'players',
    run: () => void navigate({ to: '/players', search: { q: id } }),
  };
  return [...found, search];
}

export function CommandPalette({ onClose, onHelp }: Props) {
  const dialog = useModal();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const commands = useCommands(typed, onHelp);
  const id = useId();
  useEffect(() => {
    document.getElementById(`${id}-${chosen}`)?.scrollIntoView?.({ block: 'nearest' });
  }, [id, chosen]);

  const run = (command: Command | undefined) => {
    if (!command) return;
    dialog.current?.close();
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = commands.length - 1;
    const targets: Record<string, number> = {
      ArrowDown: chosen >= last ? 0 : chosen + 1,
      ArrowUp: chosen <= 0 ? last : chosen - 1,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target !== undefined) setChosen(target);
    else if (event.key === 'Enter') run(commands[chosen]);
    else return;
    event.preventDefault();
  };

  return (
    <dialog ref={dialog} className="palette" aria-label="Commands" onClose={onClose}>
      <input
        className="field"
        role="combobox"
        aria-label="Go to a page, a range or a player"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={`${id}-${chosen}`}
        placeholder="Page, range or player id"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
        autoFocus
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <div role="listbox" id={`${id}-list`} aria-label="Commands">
        {commands.map((command, index) => (
          // The field has the focus and takes the keys; a pointer may still choose.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
          <div
            key={command.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            onMouseEnter={() => setChosen(index)}
            onClick={() => run(command)}
          >
            <span>{command.label}</span>
            <span className="muted fine">{command.kind}</span>
          </div>
        ))}
      </div>
    </dialog>
  );
}
