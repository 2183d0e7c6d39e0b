import { pages, type Page } from '../pages/pages';
import { useModal } from './use_modal';

const groups: { title: string; keys: [string, string][] }[] = [
  {
    title: 'Pages',
    keys: (pages as readonly Page[]).flatMap(({ shortcut, label }): [string, string][] =>
      shortcut ? [[shortcut, label]] : [],
    ),
  },
  {
    title: 'Overview and insights',
    keys: [
      ['w', 'Last 7 days'],
      ['m', 'Last 30 days'],
      ['q', 'Last 90 days'],
      ['c', 'Custom range'],
      ['x', 'Compare with the previous period'],
    ],
  },
  {
    title: 'Live',
    keys: [
      ['p', 'Pause or resume the feed'],
      ['/', 'Filter events'],
    ],
  },
  {
    title: 'Dashboards',
    keys: [
      ['e', 'Edit, or end editing'],
      ['← → ↑ ↓', 'Move the tile whose handle has the focus; with Shift: its size'],
    ],
  },
  { title: 'Players', keys: [['/', 'Search players, or filter the timeline']] },
  {
    title: 'Everywhere',
    keys: [
      ['t', 'Change the theme'],
      ['?', 'This help'],
      ['Ctrl K', 'Go to a page, a range or a player'],
      ['← →', 'Read single values of a focused chart'],
      ['Enter', 'Show the players behind the value that is read'],
    ],
  },
];

export function HelpDialog({ onClose }: { onClose: () => void }) {
  const dialog = useModal();
  return (
    <dialog ref={dialog} className="help" aria-labelledby="help-title" onClose={onClose}>
      <header className="card-head">
        <h2 id="help-title">Help</h2>
        <button type="button" className="button quiet" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </header>
      <p className="help-hatch">
        <i className="hatch-sample" aria-hidden="true" /> Striped bars and cells are not final: their day has not ended,
        or late events may still arrive. The (i) beside each title holds its definition.
      </p>
      <div className="help-groups">
        {groups.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.keys.map(([key, meaning]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </dialog>
  );
}
