import { Link, useSearch } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { Choice } from '../insight/choice';
import { Dialog } from '../insight/dialog';
import { presets } from '../state/range';
import { queryText } from '../state/search';
import { limits, newId, withTile, type Board, type Tile } from './board';
import { lastPlace } from './layout';
import { useBoards, placeOfBoards } from './use_boards';

interface Props {
  project: number;
  page: string;
  chart: { name: string; title: string };
  onClose: () => void;
}

const usualSize = { w: 6, h: 4 };
const newBoard = 'new';

/** What the page's address says about its range, as a tile writes it. */
function rangeText({ range, from, to }: Record<string, unknown>): string {
  return typeof from === 'string' && typeof to === 'string' ? `${from}..${to}` : String(range ?? '30d');
}

export function AddDialog({ project, page, chart, onClose }: Props) {
  const id = useId();
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const { boards = [], save, failure } = useBoards(project);
  const [boardId, setBoardId] = useState<string>();
  const [name, setName] = useState(chart.title);
  const [keeps, setKeeps] = useState('');
  const [added, setAdded] = useState<Board | null>(null);
  const chosen = boardId ?? boards[0]?.id ?? newBoard;
  const own = rangeText(search);
  const ownName = own.includes('..') ? own.replace('..', ' to ') : `Last ${presets[own as keyof typeof presets]} days`;

  const add = () => {
    // What belongs to the reader rather than to the chart stays with the reader.
    const { range: _range, from: _from, to: _to, tables: _tables, project: _project, marks: _marks, ...query } = search;
    const board = boards.find((one) => one.id === chosen) ?? { id: newId(), name: 'New board', tiles: [] };
    const tile: Omit<Tile, 'id'> = {
      page,
      chart: chart.name,
      query: queryText(query),
      ...(name.trim() === '' || name.trim() === chart.title ? {} : { name: name.trim() }),
      ...(keeps === '' ? {} : { range: keeps }),
      ...lastPlace(board.tiles, usualSize),
    };
    const next = withTile(board, tile);
    save(next);
    setAdded(next);
  };

  const full = (boards.find((one) => one.id === chosen)?.tiles.length ?? 0) >= limits.tiles;
  return (
    <Dialog title={`Add ${chart.title} to a dashboard`} onClose={onClose}>
      {added ? (
        <p role="status" className="dialog-lead">
          {failure ? failure.message : `It is on “${added.name}”, kept ${added.published ? 'on the server' : `in ${placeOfBoards}`}.`}{' '}
          <Link to="/dashboards" search={{ board: added.id }} onClick={onClose}>
            Open the dashboard
          </Link>
        </p>
      ) : (
        <form
          className="builder"
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <Choice
            label="Dashboard"
            value={chosen}
            choices={[...boards.map((board): [string, string] => [board.id, board.name]), [newBoard, 'A new one']]}
            onChange={setBoardId}
          />
          <div className="choice">
            <label htmlFor={id}>Name of the tile</label>
            <input
              id={id}
              className="field compact"
              maxLength={limits.name}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </div>
          <Choice
            label="Range"
            value={keeps}
            choices={[
              ['', 'The dashboard’s'],
              [own, `Always ${ownName}`],
            ]}
            onChange={setKeeps}
          />
          <button type="submit" className="button primary" disabled={full}>
            Add
          </button>
          {full && <p className="fine muted">A dashboard holds {limits.tiles} tiles at most.</p>}
        </form>
      )}
    </Dialog>
  );
}
