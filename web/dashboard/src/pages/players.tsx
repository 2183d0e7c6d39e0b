import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { foundPlayersMax, foundPlayersQuery } from '../api/player_queries';
import type { Player, PlayerPage } from '../api/player_types';
import type { Project } from '../api/types';
import { LoadFailure } from '../charts/chart_card';
import { downloadCsv } from '../format/csv';
import { dateAndTime } from '../format/dates';
import { formatNumber } from '../format/numbers';
import { playerCsv } from '../insight/players_dialog';
import { firstDirection, sortPlayers, type PlayerColumn } from '../players/player_order';
import { useApi } from '../session/session';
import { DownloadIcon } from '../shell/icons';
import { PageHead } from '../shell/page_head';
import { useShortcuts } from '../shell/shortcuts';
import type { PlayersSearch } from '../state/player_search';
import { NeedsEvents } from './needs_events';

const route = getRouteApi('/players');
const pageSize = 50;
// A search is sent when the typing pauses, not with each letter.
const typingPauseMs = 250;

export function PlayersPage() {
  return <NeedsEvents title="Players">{(project) => <Players project={project} />}</NeedsEvents>;
}

function Players({ project }: { project: Project }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const found = useQuery(foundPlayersQuery(useApi(), search.q ?? ''));
  const update = (change: Partial<Record<keyof PlayersSearch, unknown>>) =>
    void navigate({ search: (old) => ({ ...old, ...change }) as PlayersSearch, replace: true, resetScroll: false });
  return (
    <>
      <PageHead title="Players" detail={`Times in ${project.timezone}`} />
      <section className="card players" aria-label="Players">
        <header className="card-head">
          <SearchField value={search.q ?? ''} onSearch={(q) => update({ q: q || undefined, page: undefined })} />
          {found.data && <Summary answer={found.data} search={search.q} />}
          <div className="card-tools">
            <button
              type="button"
              className="icon-button"
              aria-label="Download the listed players as CSV"
              title="Download CSV"
              disabled={!found.data?.players.length}
              onClick={() => found.data && downloadCsv('players.csv', playerCsv(found.data.players))}
            >
              <DownloadIcon />
            </button>
          </div>
        </header>
        {found.data === undefined ? (
          found.isError ? (
            <LoadFailure error={found.error} retry={() => void found.refetch()} />
          ) : (
            <div className="skeleton tall" role="status" aria-label="Loading" />
          )
        ) : found.data.players.length === 0 ? (
          <p className="empty">No player has an id that holds this text. Capital and small letters are told apart.</p>
        ) : (
          <PlayerTable
            players={found.data.players}
            project={project}
            search={search}
            stale={found.isPlaceholderData}
            onSort={(sort, direction) => update({ sort, direction, page: undefined })}
          />
        )}
      </section>
    </>
  );
}

function SearchField({ value, onSearch }: { value: string; onSearch: (text: string) => void }) {
  const [text, setText] = useState(value);
  useShortcuts({ '/': () => document.querySelector<HTMLInputElement>('.players input')?.focus() });
  // The address may change without the field: by the back button, or a link.
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => onSearch(text.trim()), typingPauseMs);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react/exhaustive-deps -- only typing starts the pause anew
  }, [text]);
  return (
    <input
      type="search"
      className="field compact"
      value={text}
      onChange={(event) => setText(event.target.value)}
      placeholder="Search any id"
      aria-label="Search players by any of their ids"
      autoCapitalize="none"
      spellCheck={false}
    />
  );
}

function Summary({ answer, search }: { answer: PlayerPage; search: string | undefined }) {
  const { total, players } = answer;
  const all = players.length === total;
  return (
    <p className="muted fine" role="status">
      <b data-total={total}>{formatNumber(total, 'count')}</b> {total === 1 ? 'player' : 'players'}
      {search !== undefined && ' found'}
      {!all && `; the ${formatNumber(foundPlayersMax, 'count')} seen last are listed and sorted. Search to narrow them down.`}
    </p>
  );
}

interface Column {
  name: PlayerColumn;
  label: string;
  numeric?: boolean;
}

const columns: Column[] = [
  { name: 'player_id', label: 'Player' },
  { name: 'last_seen', label: 'Last seen' },
  { name: 'first_seen', label: 'First seen' },
  { name: 'events', label: 'Events', numeric: true },
  { name: 'sessions', label: 'Sessions', numeric: true },
  { name: 'revenue', label: 'Revenue', numeric: true },
];

interface TableProps {
  players: Player[];
  project: Project;
  search: PlayersSearch;
  stale: boolean;
  onSort: (column: PlayerColumn | undefined, direction: 'asc' | 'desc' | undefined) => void;
}

function PlayerTable({ players, project, search, stale, onSort }: TableProps) {
  const sort = search.sort ?? 'last_seen';
  const direction = search.direction ?? firstDirection(sort);
  const pages = Math.ceil(players.length / pageSize);
  const page = Math.min(search.page ?? 1, pages);
  const shown = sortPlayers(players, sort, direction).slice((page - 1) * pageSize, page * pageSize);
  const pick = (column: PlayerColumn) => {
    const next = column === sort ? opposite(direction) : firstDirection(column);
    onSort(column === 'last_seen' ? undefined : column, next === firstDirection(column) ? undefined : next);
  };
  return (
    <>
      <div
        className={`table-scroll players-table${stale ? ' is-stale' : ''}`}
        role="region"
        aria-label="List of players"
        tabIndex={0}
      >
        <table className="data-table">
          <thead>
            <tr>
              {columns.map((column) => (
                <SortHead
                  key={column.name}
                  column={column}
                  sorted={column.name === sort ? direction : null}
                  onPick={pick}
                />
              ))}
              <th scope="col">Country</th>
              <th scope="col">Platform</th>
              <th scope="col">Build</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((player) => (
              <Row key={player.player_id} player={player} project={project} />
            ))}
          </tbody>
        </table>
      </div>
      <Pages page={page} pages={pages} />
    </>
  );
}

const opposite = (direction: 'asc' | 'desc') => (direction === 'asc' ? 'desc' : 'asc');

interface HeadProps {
  column: Column;
  sorted: 'asc' | 'desc' | null;
  onPick: (column: PlayerColumn) => void;
}

function SortHead({ column, sorted, onPick }: HeadProps) {
  return (
    <th
      scope="col"
      className={column.numeric ? 'numeric' : undefined}
      aria-sort={sorted === null ? undefined : sorted === 'asc' ? 'ascending' : 'descending'}
    >
      <button type="button" className="sort" onClick={() => onPick(column.name)}>
        {column.label}
        <span aria-hidden="true">{sorted === null ? '' : sorted === 'asc' ? ' ↑' : ' ↓'}</span>
      </button>
    </th>
  );
}

function Row({ player, project }: { player: Player; project: Project }) {
  return (
    <tr data-player={player.player_id}>
      <td>
        <Link to="/players/$id" params={{ id: player.player_id }}>
          {player.player_id}
        </Link>
      </td>
      <td>{dateAndTime(player.last_seen, project.timezone)}</td>
      <td>{dateAndTime(player.first_seen, project.timezone)}</td>
      <td className="numeric">{formatNumber(player.events, 'count')}</td>
      <td className="numeric">{formatNumber(player.sessions, 'count')}</td>
      <td className="numeric">{formatNumber(player.revenue, 'money', project.currency)}</td>
      <td>{player.country ?? '–'}</td>
      <td>{player.platform ?? '–'}</td>
      <td>{player.build ?? '–'}</td>
    </tr>
  );
}

function Pages({ page, pages }: { page: number; pages: number }) {
  if (pages <= 1) return null;
  const to = (target: number) => (old: PlayersSearch) => {
    const { page: _page, ...rest } = old;
    return target === 1 ? rest : { ...rest, page: target };
  };
  return (
    <nav className="paging" aria-label="Pages of players">
      {page > 1 && (
        <Link className="button" to="/players" search={to(page - 1)}>
          Previous
        </Link>
      )}
      <span className="muted">
        Page {formatNumber(page, 'count')} of {formatNumber(pages, 'count')}
      </span>
      {page < pages && (
        <Link className="button" to="/players" search={to(page + 1)}>
          Next
        </Link>
      )}
    </nav>
  );
}
