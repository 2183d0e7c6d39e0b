import { useEffect, useRef, useState, type CSSProperties } from 'react';
import type { Project } from '../../api/types';
import { withChange, withoutTile, type Board, type Tile } from '../../boards/board';
import type { RangeSearch } from '../../state/range';
import { BoardTile } from './board_tile';
import { TileControls } from './tile_controls';

interface Props {
  project: Project;
  board: Board;
  range: RangeSearch;
  editing: boolean;
  onChange: (board: Board) => void;
}

const placeStyle = ({ x, y, w, h }: Tile) => ({ '--x': x + 1, '--y': y + 1, '--w': w, '--h': h }) as CSSProperties;

const byPlace = (a: Tile, b: Tile) => a.y - b.y || a.x - b.x;

/** The tiles at their places. While they are edited, they keep their order in the document: what is moved there loses the focus. */
export function BoardGrid({ project, board, range, editing, onChange }: Props) {
  // What a pointer drags is shown at once and kept when it is let go.
  const [dragged, setDragged] = useState<Tile[] | null>(null);
  const [said, setSaid] = useState('');
  const tiles = dragged ?? board.tiles;
  // A key may come before the change of the one before it is drawn.
  const newest = useRef(board.tiles);
  useEffect(() => {
    newest.current = board.tiles;
  }, [board.tiles]);
  const arrange = (change: (before: Tile[]) => Tile[], id: string) => {
    const next = change(newest.current);
    newest.current = next;
    onChange({ ...board, tiles: next });
    const tile = next.find((one) => one.id === id);
    if (tile) setSaid(`Column ${tile.x + 1}, row ${tile.y + 1}, ${tile.w} wide, ${tile.h} high`);
  };
  return (
    <>
      <div className="board" data-board={board.id}>
        {(editing ? tiles : tiles.toSorted(byPlace)).map((tile) => (
          <div key={tile.id} className={`tile${editing ? ' is-edited' : ''}`} data-tile={tile.id} style={placeStyle(tile)}>
            {editing && (
              <TileControls
                tile={tile}
                tiles={board.tiles}
                onArrange={arrange}
                onDrag={setDragged}
                onChange={(change) => onChange(withChange(board, tile.id, change))}
                onRemove={() => onChange(withoutTile(board, tile.id))}
              />
            )}
            <BoardTile
              project={project}
              tile={tile}
              range={range}
              onQuery={(query) => onChange(withChange(board, tile.id, { query }))}
            />
          </div>
        ))}
      </div>
      <p className="sr-only" role="status">
        {said}
      </p>
    </>
  );
}
