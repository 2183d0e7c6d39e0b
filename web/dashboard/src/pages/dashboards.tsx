import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Project } from '../api/types';
import { boardOfLink, linkText, newId, sharedId, type Board } from '../boards/board';
import { placeOfBoards, useBoards } from '../boards/use_boards';
import { dateRange } from '../format/dates';
import { Choice } from '../insight/choice';
import { useMay } from '../session/session';
import { PageHead } from '../shell/page_head';
import { RangePicker } from '../shell/range_picker';
import { useShortcuts } from '../shell/shortcuts';
import { useToday } from '../shell/use_today';
import { resolveRange } from '../state/range';
import { BoardGrid } from './dashboards/board_grid';
import { EditBar } from './dashboards/edit_bar';
import { ShareDialog } from './dashboards/share_dialog';
import { usualTvSeconds, type DashboardsSearch } from './dashboards/dashboards_search';
import { Tv } from './dashboards/tv';
import { NeedsEvents } from './needs_events';
import './dashboards/dashboards.css';

const route = getRouteApi('/dashboards');

export function DashboardsPage() {
  return <NeedsEvents title="Dashboards">{(project) => <Dashboards project={project} />}</NeedsEvents>;
}

function useGo() {
  const navigate = route.useNavigate();
  return (change: { [Name in keyof DashboardsSearch]?: DashboardsSearch[Name] | undefined }, replace = false) =>
    void navigate({ search: (old) => ({ ...old, ...change }) as DashboardsSearch, replace, resetScroll: false });
}

/** The board of the address: one that came with it whole, or one that is kept. */
function useShownBoard(project: Project) {
  const { board: id, shared } = route.useSearch();
  const go = useGo();
  const kept = useBoards(project.project);
  const linked = useMemo(() => (shared === undefined ? undefined : boardOfLink(shared)), [shared]);
  const board = linked === undefined ? (kept.boards?.find((one) => one.id === id) ?? kept.boards?.[0]) : linked;
  // What is changed of a board that is only an address is changed in the address.
  const change = (next: Board) => (next.id === sharedId ? go({ shared: linkText(next) }, true) : kept.save(next));
  return { ...kept, board, change };
}

function Dashboards({ project }: { project: Project }) {
  const search = route.useSearch();
  const go = useGo();
  const { board, boards, change, save, remove, publish, failure } = useShownBoard(project);
  const mayPublish = useMay()('change_schema');
  const [edits, setEdits] = useState(false);
  const [shares, setShares] = useState(false);
  const [removed, setRemoved] = useState<Board | null>(null);
  const today = useToday(project.timezone);
  const range = resolveRange(search, today);
  const isShared = search.shared !== undefined;
  useShortcuts({ e: () => setEdits(!edits) });

  const open = (next: Board) => go({ board: next.id, shared: undefined });
  const add = (next: Board) => {
    save(next);
    open(next);
  };
  if (search.tv !== undefined && board) {
    return (
      <Tv
        project={project}
        boards={isShared ? [board] : (boards ?? [])}
        first={board.id}
        range={search}
        seconds={search.tv}
        onLeave={() => go({ tv: undefined })}
      />
    );
  }
  return (
    <>
      <PageHead title={board?.name ?? 'Dashboards'} detail={`${dateRange(range.from, range.to)} · ${project.timezone}`}>
        <Tools
          boards={boards ?? []}
          board={board ?? null}
          edits={edits}
          onOpen={(id) => go({ board: id, shared: undefined })}
          onNew={() => {
            add({ id: newId(), name: 'New board', tiles: [] });
            setEdits(true);
          }}
          onEdit={() => setEdits(!edits)}
          onShare={() => setShares(true)}
          onTv={() => go({ tv: usualTvSeconds })}
        />
        <RangePicker
          range={range}
          today={today}
          onPick={(picked) => go({ range: undefined, from: undefined, to: undefined, ...picked })}
        />
      </PageHead>
      <p className="page-note muted">
        {isShared
          ? 'This dashboard came with its link and is kept nowhere.'
          : board?.published
            ? 'This dashboard is kept on the server, and is the same for everybody who reads the project.'
            : `This dashboard is kept in ${placeOfBoards} alone. Share the link, or export it, to take it elsewhere.`}
        {!isShared && board && !board.published && mayPublish && (
          <button type="button" className="button quiet" onClick={() => publish(board)}>
            Keep it on the server, for everybody
          </button>
        )}
        {isShared && board && (
          <button type="button" className="button quiet" onClick={() => add({ ...board, id: newId() })}>
            Keep it in {placeOfBoards}
          </button>
        )}
      </p>
      {failure && <p role="alert">{failure.message}</p>}
      {removed && (
        <p role="status" className="page-note">
          “{removed.name}” was removed.{' '}
          <button
            type="button"
            className="button quiet"
            onClick={() => {
              add(removed);
              setRemoved(null);
            }}
          >
            Undo
          </button>
        </p>
      )}
      {edits && board && (
        <EditBar
          board={board}
          boards={boards ?? []}
          onChange={change}
          onImport={(imported) => {
            imported.forEach((one) => save(one));
            if (imported[0]) open(imported[0]);
          }}
          onRemove={
            isShared
              ? null
              : () => {
                  remove(board.id);
                  setRemoved(board);
                  go({ board: undefined });
                }
          }
        />
      )}
      <Content
        project={project}
        board={board}
        hasBoards={boards !== undefined || isShared}
        range={search}
        edits={edits}
        onChange={change}
      />
      {shares && board && <ShareDialog board={board} range={search} onClose={() => setShares(false)} />}
    </>
  );
}

interface ToolsProps {
  boards: Board[];
  board: Board | null;
  edits: boolean;
  onOpen: (id: string) => void;
  onNew: () => void;
  onEdit: () => void;
  onShare: () => void;
  onTv: () => void;
}

function Tools({ boards, board, edits, onOpen, onNew, onEdit, onShare, onTv }: ToolsProps) {
  const choices = boards.map((one): [string, string] => [one.id, one.name]);
  const isKept = boards.some(({ id }) => id === board?.id);
  return (
    <>
      {boards.length > 0 && (
        <Choice
          label="Dashboard"
          value={isKept ? (board?.id ?? '') : ''}
          choices={isKept ? choices : [['', 'From a link'], ...choices]}
          onChange={onOpen}
        />
      )}
      <button type="button" className="button" onClick={onNew}>
        New
      </button>
      {board && (
        <>
          <button type="button" className="button" aria-pressed={edits} onClick={onEdit} title="Shortcut: e">
            Edit
          </button>
          <button type="button" className="button" onClick={onShare}>
            Share
          </button>
          <button type="button" className="button" onClick={onTv} title="Full screen, one dashboard after the other">
            TV
          </button>
        </>
      )}
    </>
  );
}

interface ContentProps {
  project: Project;
  /** Null: the link holds none. */
  board: Board | null | undefined;
  hasBoards: boolean;
  range: DashboardsSearch;
  edits: boolean;
  onChange: (board: Board) => void;
}

function Content({ project, board, hasBoards, range, edits, onChange }: ContentProps) {
  if (board && board.tiles.length > 0)
    return <BoardGrid key={board.id} project={project} board={board} range={range} editing={edits} onChange={onChange} />;
  if (!hasBoards) return <div className="skeleton tall" role="status" aria-label="Loading" />;
  const sentence = board
    ? 'Nothing is here yet. Add a metric with Edit, or take a chart here with the button in its corner on any page of insights.'
    : board === null
      ? 'This link holds no dashboard that this version can read: it may have been cut off on its way.'
      : 'There is no dashboard. Make a new one, or take a chart to one with its button on any page of insights.';
  return (
    <section className="card">
      <p className="empty">{sentence}</p>
    </section>
  );
}
