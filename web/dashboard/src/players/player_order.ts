import type { Player } from '../api/player_types';

export const playerColumns = ['last_seen', 'first_seen', 'events', 'sessions', 'revenue', 'player_id'] as const;
export type PlayerColumn = (typeof playerColumns)[number];
export type Direction = 'asc' | 'desc';

/** Text begins at A, everything else at what is most or newest. */
export const firstDirection = (column: PlayerColumn): Direction => (column === 'player_id' ? 'asc' : 'desc');

/** Equal players keep the server's order. */
export function sortPlayers(players: Player[], column: PlayerColumn, direction: Direction): Player[] {
  const sign = direction === 'asc' ? 1 : -1;
  return players.toSorted((a, b) => sign * compare(a[column], b[column]));
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en');
}
