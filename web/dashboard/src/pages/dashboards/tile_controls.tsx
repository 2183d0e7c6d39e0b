import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { limits, type Tile } from '../../boards/board';
import { columns, moved, stepped, type Place } from '../../boards/layout';
import { MoveIcon } from '../../shell/icons';
import { presets } from '../../state/range';

interface Props {
  tile: Tile;
  tiles: Tile[];
  onArrange: (change: (tiles: Tile[]) => Tile[], id: string) => void;
  /** What the pointer would make of the tiles; null when it has let go. */
  onDrag: (tiles: Tile[] | null) => void;
  onChange: (change: { name?: string | undefined; range?: string | undefined }) => void;
  onRemove: () => void;
}

type Step = Partial<Place>;
const steps: { label: string; sign: string; key: string; shift: boolean; step: Step }[] = [
  { label: 'Left', sign: '←', key: 'ArrowLeft', shift: false, step: { x: -1 } },
  { label: 'Right', sign: '→', key: 'ArrowRight', shift: false, step: { x: 1 } },
  { label: 'Up', sign: '↑', key: 'ArrowUp', shift: false, step: { y: -1 } },
  { label: 'Down', sign: '↓', key: 'ArrowDown', shift: false, step: { y: 1 } },
  { label: 'Narrower', sign: '⇤', key: 'ArrowLeft', shift: true, step: { w: -1 } },
  { label: 'Wider', sign: '⇥', key: 'ArrowRight', shift: true, step: { w: 1 } },
  { label: 'Lower', sign: '⤒', key: 'ArrowUp', shift: true, step: { h: -1 } },
  { label: 'Higher', sign: '⤓', key: 'ArrowDown', shift: true, step: { h: 1 } },
];

function stepTiles(tiles: Tile[], id: string, { x = 0, y = 0, w = 0, h = 0 }: Step): Tile[] {
  const tile = tiles.find((one) => one.id === id);
  if (!tile) return tiles;
  return w === 0 && h === 0 ? stepped(tiles, id, { x, y }) : moved(tiles, id, { ...tile, w: tile.w + w, h: tile.h + h });
}

/** Follows a pointer from where it went down, in steps of the grid. */
function usePointer({ tile, tiles, onArrange, onDrag }: Props, change: (by: { x: number; y: number }) => Place) {
  const begin = useRef<{ x: number; y: number; column: number; row: number } | null>(null);
  const wasDragged = useRef(false);
  const next = (event: PointerEvent) => {
    const from = begin.current;
    if (!from) return null;
    const by = { x: Math.round((event.clientX - from.x) / from.column), y: Math.round((event.clientY - from.y) / from.row) };
    return by.x === 0 && by.y === 0 ? tiles : moved(tiles, tile.id, change(by));
  };
  const end = () => {
    begin.current = null;
    onDrag(null);
  };
  return {
    wasDragged,
    handlers: {
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        const board = event.currentTarget.closest('.board');
        if (!board || event.button !== 0) return;
        const style = getComputedStyle(board);
        const gap = Number.parseFloat(style.rowGap);
        const row = Number.parseFloat(style.gridAutoRows) + gap;
        begin.current = { x: event.clientX, y: event.clientY, column: (board.clientWidth + gap) / columns, row };
        wasDragged.current = false;
        event.currentTarget.setPointerCapture(event.pointerId);
      },
      onPointerMove: (event: PointerEvent) => {
        const arranged = next(event);
        if (!arranged) return;
        wasDragged.current ||= arranged !== tiles;
        onDrag(arranged);
      },
      onPointerUp: (event: PointerEvent) => {
        const arranged = next(event);
        end();
        if (arranged && arranged !== tiles) onArrange(() => arranged, tile.id);
      },
      onPointerCancel: end,
    },
  };
}

/** What changes a tile: its place and size by pointer, by keys and by single clicks; its name, its range, and its end. */
export function TileControls(props: Props) {
  const { tile, onArrange, onChange, onRemove } = props;
  const [showsSteps, setShowsSteps] = useState(false);
  const move = usePointer(props, (by) => ({ ...tile, x: tile.x + by.x, y: tile.y + by.y }));
  const resize = usePointer(props, (by) => ({ ...tile, w: tile.w + by.x, h: tile.h + by.y }));
  const name = tile.name ?? tile.chart;
  const take = (step: Step) => onArrange((newest) => stepTiles(newest, tile.id, step), tile.id);
  const onKeyDown = (event: KeyboardEvent) => {
    const known = steps.find(({ key, shift }) => key === event.key && shift === event.shiftKey);
    if (!known) return;
    event.preventDefault();
    take(known.step);
  };
  return (
    <>
      <div className="tile-controls" role="group" aria-label={`Tile ${name}`}>
        <button
          type="button"
          className="icon-button tile-handle"
          aria-label={`Move or resize ${name}: arrow keys, with Shift its size`}
          title="Drag, or use the arrow keys; with Shift they change the size"
          aria-expanded={showsSteps}
          onKeyDown={onKeyDown}
          onClick={() => !move.wasDragged.current && setShowsSteps(!showsSteps)}
          {...move.handlers}
        >
          <MoveIcon />
        </button>
        <NameField tile={tile} onName={(text) => onChange({ name: text })} />
        <select
          className="field"
          aria-label={`Range of ${name}`}
          value={tile.range ?? ''}
          onChange={(event) => onChange({ range: event.target.value || undefined })}
        >
          <option value="">Dashboard’s range</option>
          {Object.entries(presets).map(([preset, days]) => (
            <option key={preset} value={preset}>
              Last {days} days
            </option>
          ))}
          {tile.range?.includes('..') && <option value={tile.range}>{tile.range.replace('..', ' to ')}</option>}
        </select>
        <button type="button" className="icon-button" aria-label={`Remove ${name}`} title="Remove" onClick={onRemove}>
          ×
        </button>
        {showsSteps && (
          <div className="tile-steps" role="group" aria-label={`Place and size of ${name}`}>
            {steps.map(({ label, sign, step }) => (
              <button key={label} type="button" className="icon-button" aria-label={label} title={label} onClick={() => take(step)}>
                {sign}
              </button>
            ))}
          </div>
        )}
      </div>
      {/* For pointers alone: keys and clicks have the handle. */}
      <span className="tile-corner" aria-hidden="true" {...resize.handlers} />
    </>
  );
}

/** Kept when the field is left, so that a name is not saved letter by letter. */
function NameField({ tile, onName }: { tile: Tile; onName: (name: string | undefined) => void }) {
  return (
    <input
      key={tile.name}
      className="field"
      aria-label={`Name of ${tile.name ?? tile.chart}`}
      placeholder="Name of the chart"
      maxLength={limits.name}
      defaultValue={tile.name ?? ''}
      onBlur={({ target }) => target.value.trim() !== (tile.name ?? '') && onName(target.value.trim() || undefined)}
      onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
    />
  );
}
