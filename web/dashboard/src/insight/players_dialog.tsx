import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCallback, useState, type ReactNode } from 'react';
import type { Player } from '../api/player_types';
import type { Project } from '../api/types';
import { LoadFailure } from '../charts/chart_card';
import { downloadCsv, toCsv } from '../format/csv';
import { dateAndTime } from '../format/dates';
import { formatNumber } from '../format/numbers';
import { useApi } from '../session/session';
import { playersBehindQuery, type Drill } from './drill';
import { useModal } from '../shell/use_modal';

export interface OpenDrill extends Drill {
  /** Which number this is, in words. */
  title: string;
}

/** `show` opens the list of the players behind a number; `dialog` belongs somewhere into the page. */
export function usePlayersDialog(project: Project): { show: (drill: OpenDrill) => void; dialog: ReactNode } {
  const [drill, setDrill] = useState<OpenDrill | null>(null);
  const close = useCallback(() => setDrill(null), []);
  return {
    show: setDrill,
    dialog: drill && <PlayersDialog drill={drill} project={project} onClose={close} />,
  };
}

interface Props {
  drill: OpenDrill;
  project: Project;
  onClose: () => void;
}

function PlayersDialog({ drill, project, onClose }: Props) {
  const dialog = useModal();
  const { title, ...question } = drill;
  const result = useInfiniteQuery(playersBehindQuery(useApi(), question));
  const players = result.data?.pages.flatMap((page) => page.players) ?? [];
  const total = result.data?.pages[0]?.total;
  return (
    <dialog ref={dialog} className="drill" aria-labelledby="drill-title" onClose={onClose} data-drill="">
      <header className="card-head">
        <div>
          <h2 id="drill-title">{title}</h2>
          <p className="muted" role="status">
            {total === undefined ? !result.isError && 'Looking for the players…' : <Count total={total} listed={players.length} />}
          </p>
        </div>
        <div className="card-tools">
          <button type="button" className="button" disabled={players.length === 0} onClick={() => save(players)}>
            CSV
          </button>
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
      </header>
      {result.isError && <LoadFailure error={result.error} retry={() => void result.refetch()} />}
      {result.isPending && <div className="skeleton" />}
      {players.length > 0 && <PlayerRows players={players} project={project} onLeave={() => dialog.current?.close()} />}
      {total === 0 && (
        <p className="empty">Nobody is behind this number any more: it has changed since the page asked for it.</p>
      )}
      <div className="drill-foot">
        {result.hasNextPage && (
          <button
            type="button"
            className="button"
            disabled={result.isFetchingNextPage}
            onClick={() => void result.fetchNextPage()}
          >
            Show more
          </button>
        )}
        <details>
          <summary>View query</summary>
          <pre tabIndex={0} role="region" aria-label="Query">
            <code>{`POST /api/v1/query/players\n${JSON.stringify(question, null, 2)}`}</code>
          </pre>
        </details>
      </div>
    </dialog>
  );
}

function Count({ total, listed }: { total: number; listed: number }) {
  return (
    <>
      <b data-total={total}>{formatNumber(total, 'count')}</b> {total === 1 ? 'player' : 'players'}
      {listed < total && `, the first ${formatNumber(listed, 'count')} are listed`}
    </>
  );
}

function PlayerRows({ players, project, onLeave }: { players: Player[]; project: Project; onLeave: () => void }) {
  return (
    <div className="table-scroll" role="region" aria-label="Players" tabIndex={0}>
      <table className="data-table">
        <thead>
          <tr>
            {['Player', 'Last seen', 'Country', 'Platform', 'Build'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            {['Sessions', 'Revenue'].map((name) => (
              <th key={name} scope="col" className="numeric">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {players.map((player) => (
            <tr key={player.player_id} data-player={player.player_id}>
              <td>
                <Link to="/players/$id" params={{ id: player.player_id }} onClick={onLeave}>
                  {player.player_id}
                </Link>
              </td>
              <td>{dateAndTime(player.last_seen, project.timezone)}</td>
              <td>{player.country ?? '–'}</td>
              <td>{player.platform ?? '–'}</td>
              <td>{player.build ?? '–'}</td>
              <td className="numeric">{formatNumber(player.sessions, 'count')}</td>
              <td className="numeric">{formatNumber(player.revenue, 'money', project.currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export const playerCsv = (players: Player[]): string =>
  toCsv(
    ['player_id', 'first_seen', 'last_seen', 'country', 'platform', 'build', 'events', 'sessions', 'revenue'],
    players.map((player) => [
      player.player_id,
      player.first_seen,
      player.last_seen,
      player.country,
      player.platform,
      player.build,
      player.events,
      player.sessions,
      player.revenue,
    ]),
  );

const save = (players: Player[]): void => downloadCsv('players.csv', playerCsv(players));
