import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  playersBehindQuery,
  playersPageSize,
  type Cell,
  type FoundPlayer,
  type Question,
  type QuestionKind,
} from '../api/questions';
import { LoadFailure } from '../charts/chart_card';
import { DataTable } from '../charts/data_table';
import { dateAndTime } from '../format/dates';
import { formatNumber } from '../format/numbers';
import { useApi } from '../session/session';
import { Dialog } from './dialog';

/** One number whose players are asked for. */
export interface Pick {
  about: string;
  cell: Cell;
}

interface Props {
  kind: QuestionKind;
  question: Question;
  pick: Pick;
  timezone: string;
  currency: string;
  onClose: () => void;
}

/** The players behind one number. List and number come from the same statement of the server, so they agree. */
export function PlayersDialog({ kind, question, pick, timezone, currency, onClose }: Props) {
  const [pages, setPages] = useState<(number | null)[]>([null]);
  const after = pages.at(-1) ?? null;
  const result = useQuery(playersBehindQuery(useApi(), kind, question, pick.cell, after));
  const { data } = result;
  const from = (pages.length - 1) * playersPageSize;
  return (
    <Dialog title={`Players: ${pick.about}`} onClose={onClose}>
      {data === undefined ? (
        result.isError ? (
          <LoadFailure error={result.error} retry={() => void result.refetch()} />
        ) : (
          <div className="skeleton" role="status" aria-label="Loading" />
        )
      ) : (
        <div className={result.isPlaceholderData ? 'is-stale' : undefined}>
          <p className="dialog-lead">
            <strong data-players-total={data.total}>{formatNumber(data.total, 'count')}</strong>{' '}
            {data.total === 1 ? 'player' : 'players'}
            {data.total > data.players.length && (
              <span className="muted">{`, ${from + 1} to ${from + data.players.length} shown`}</span>
            )}
          </p>
          <PlayersTable players={data.players} timezone={timezone} currency={currency} />
          <nav className="paging" aria-label="Pages">
            {pages.length > 1 && (
              <button type="button" className="button" onClick={() => setPages(pages.slice(0, -1))}>
                Back
              </button>
            )}
            {data.next !== null && (
              <button type="button" className="button" onClick={() => setPages([...pages, data.next])}>
                Next {playersPageSize}
              </button>
            )}
          </nav>
        </div>
      )}
    </Dialog>
  );
}

const columns = [
  { label: 'Player' },
  { label: 'Country' },
  { label: 'Platform' },
  { label: 'Build' },
  { label: 'Events', numeric: true },
  { label: 'Sessions', numeric: true },
  { label: 'Revenue', numeric: true },
  { label: 'Last seen' },
];

function PlayersTable({ players, timezone, currency }: { players: FoundPlayer[]; timezone: string; currency: string }) {
  return (
    <DataTable
      caption="Players"
      columns={columns}
      rows={players.map((player) => ({
        key: player.player_id,
        cells: [
          <code key="id">{player.player_id}</code>,
          player.country ?? '–',
          player.platform ?? '–',
          player.build ?? '–',
          formatNumber(player.events, 'count'),
          formatNumber(player.sessions, 'count'),
          formatNumber(player.revenue, 'money', currency),
          dateAndTime(player.last_seen, timezone),
        ],
      }))}
    />
  );
}
