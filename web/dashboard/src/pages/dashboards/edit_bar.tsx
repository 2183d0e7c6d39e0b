import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { catalogueQuery } from '../../api/queries';
import { exportText, importedBoards, limits, withTile, type Board } from '../../boards/board';
import { lastPlace } from '../../boards/layout';
import { downloadFile } from '../../format/download';
import { Choice } from '../../insight/choice';
import { useApi } from '../../session/session';
import { queryText } from '../../state/search';

interface Props {
  board: Board;
  boards: Board[];
  onChange: (board: Board) => void;
  onImport: (boards: Board[]) => void;
  /** Null where there is nothing kept that could be removed. */
  onRemove: (() => void) | null;
}

/** What changes a board as a whole. */
export function EditBar({ board, boards, onChange, onImport, onRemove }: Props) {
  const id = useId();
  const save = (file: string, kept: Board[]) =>
    downloadFile(file, new Blob([exportText(kept)], { type: 'application/json' }));
  return (
    <div className="builder" role="group" aria-label="The dashboard">
      <div className="choice">
        <label htmlFor={id}>Name</label>
        <input
          id={id}
          className="field compact"
          maxLength={limits.name}
          key={`${board.id} ${board.name}`}
          defaultValue={board.name}
          onBlur={({ target }) => {
            const name = target.value.trim();
            if (name !== '' && name !== board.name) onChange({ ...board, name });
          }}
          onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
        />
      </div>
      <AddMetric board={board} onChange={onChange} />
      <button type="button" className="button" onClick={() => save('dashboard.json', [board])}>
        Export
      </button>
      {boards.length > 1 && (
        <button type="button" className="button" onClick={() => save('dashboards.json', boards)}>
          Export all
        </button>
      )}
      <Import onImport={onImport} />
      {onRemove && (
        <button type="button" className="button" onClick={onRemove}>
          Remove this dashboard
        </button>
      )}
    </div>
  );
}

const shapes = { number: 'as a number', line: 'as a line', bar: 'as bars' } as const;
type Shape = keyof typeof shapes;
const sizes: Record<Shape, { w: number; h: number }> = { number: { w: 3, h: 2 }, line: { w: 6, h: 4 }, bar: { w: 6, h: 4 } };

/** A metric of the catalogue, as its page would show it. */
function AddMetric({ board, onChange }: Pick<Props, 'board' | 'onChange'>) {
  const metrics = useQuery(catalogueQuery(useApi())).data?.metrics ?? [];
  const [shape, setShape] = useState<Shape>('number');
  const add = (metric: string) =>
    onChange(
      withTile(board, {
        page: '/explore',
        chart: 'explore',
        query: queryText({ metric, ...(shape === 'line' ? {} : { view: shape }) }),
        ...lastPlace(board.tiles, sizes[shape]),
      }),
    );
  if (board.tiles.length >= limits.tiles) return <p className="fine muted">A dashboard holds {limits.tiles} tiles at most.</p>;
  return (
    <>
      <Choice label="Shown" value={shape} choices={Object.entries(shapes)} onChange={(name) => setShape(name as Shape)} />
      <Choice
        label="Add a metric"
        value=""
        choices={[['', 'Choose…'], ...metrics.map(({ name, title }): [string, string] => [name, title])]}
        onChange={add}
      />
    </>
  );
}

function Import({ onImport }: Pick<Props, 'onImport'>) {
  const id = useId();
  const [refused, setRefused] = useState(false);
  const read = async (file: File | undefined) => {
    if (!file) return;
    const boards = importedBoards(await file.text());
    setRefused(boards === null);
    if (boards) onImport(boards);
  };
  return (
    <div className="choice">
      <label htmlFor={id}>Import</label>
      <input
        id={id}
        type="file"
        accept="application/json,.json"
        className="field compact board-file"
        onChange={(event) => {
          void read(event.target.files?.[0]);
          // Else the same file chosen again, mended, would be no change.
          event.target.value = '';
        }}
      />
      {refused && (
        <p role="alert" className="field-problem">
          This file is no export of dashboards.
        </p>
      )}
    </div>
  );
}
