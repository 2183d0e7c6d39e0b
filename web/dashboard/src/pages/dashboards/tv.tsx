import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type CSSProperties, type KeyboardEvent } from 'react';
import type { Project } from '../../api/types';
import type { Board } from '../../boards/board';
import { rowsOf } from '../../boards/layout';
import { formatNumber } from '../../format/numbers';
import { forceTheme } from '../../shell/theme';
import { useModal } from '../../shell/use_modal';
import type { RangeSearch } from '../../state/range';
import { BoardGrid } from './board_grid';

interface Props {
  project: Project;
  boards: Board[];
  first: string;
  range: RangeSearch;
  /** For how long each board is shown. */
  seconds: number;
  onLeave: () => void;
}

const refreshMs = 30_000;

/** What is on the wall follows the game. */
function useRefresh(): void {
  const client = useQueryClient();
  useEffect(() => {
    const timer = setInterval(() => void client.invalidateQueries(), refreshMs);
    return () => clearInterval(timer);
  }, [client]);
}

function useWholeScreen(): void {
  useEffect(() => {
    forceTheme('dark');
    // Browsers allow it after a click alone: where the address was opened, the page is filled and the reader presses F11.
    if (navigator.userActivation?.isActive) void document.documentElement.requestFullscreen?.().catch(() => undefined);
    return () => {
      forceTheme(null);
      if (document.fullscreenElement) void document.exitFullscreen();
    };
  }, []);
}

/** One board after the other, dark, over the whole screen, and nothing else. */
export function Tv({ project, boards, first, range, seconds, onLeave }: Props) {
  const dialog = useModal();
  const [index, setIndex] = useState(Math.max(0, boards.findIndex(({ id }) => id === first)));
  const [paused, setPaused] = useState(false);
  const filled = boards.filter(({ tiles }) => tiles.length > 0);
  const board = filled[index % Math.max(1, filled.length)];
  useRefresh();
  useWholeScreen();
  const count = filled.length;
  const turn = (by: number) => setIndex((index + by + count) % Math.max(1, count));
  useEffect(() => {
    if (paused || count < 2) return;
    // Each turn, by hand as well, begins the time anew.
    const timer = setTimeout(() => setIndex((index + 1) % count), seconds * 1000);
    return () => clearTimeout(timer);
  }, [paused, seconds, count, index]);
  const onKeyDown = (event: KeyboardEvent) => {
    // A chart that has the focus reads its values with the arrow keys.
    if (event.defaultPrevented) return;
    if (event.key === 'ArrowRight') turn(1);
    else if (event.key === 'ArrowLeft') turn(-1);
    else if (event.key === 'p') setPaused(!paused);
  };
  return (
    // Keys turn the boards wherever the focus is; Escape closes every dialog.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={dialog}
      className="tv"
      aria-label="Dashboards on a screen"
      data-tv={board?.id}
      onClose={(event) => event.target === event.currentTarget && onLeave()}
      onKeyDown={onKeyDown}
    >
      <header className="tv-head">
        <h1>{board?.name ?? 'No dashboard has a tile'}</h1>
        <span className="muted">{project.name}</span>
        <span className="tv-tools">
          {count > 1 && (
            <span className="muted">
              {formatNumber((index % count) + 1, 'count')} of {formatNumber(count, 'count')}
              {paused && ', paused'}
            </span>
          )}
          <button type="button" className="button quiet" onClick={() => dialog.current?.close()} title="← → turn, p pauses, Escape leaves">
            Leave
          </button>
        </span>
      </header>
      {board && (
        <div className="tv-board" style={{ '--rows': rowsOf(board.tiles) } as CSSProperties}>
          <BoardGrid key={board.id} project={project} board={board} range={range} editing={false} onChange={() => undefined} />
        </div>
      )}
    </dialog>
  );
}
