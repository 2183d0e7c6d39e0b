import type { Board } from './board';

/** What a game team asks each morning: shown until a project has boards of its own, and changed like any other. */
export const readyBoard: Board = {
  id: 'morning',
  name: 'Every morning',
  tiles: [
    { id: 't1', page: '/explore', chart: 'explore', query: 'metric=dau&view=number', name: 'Players', x: 0, y: 0, w: 3, h: 2 },
    { id: 't2', page: '/explore', chart: 'explore', query: 'metric=new_players&view=number', name: 'New players', x: 3, y: 0, w: 3, h: 2 },
    { id: 't3', page: '/explore', chart: 'explore', query: 'metric=revenue&view=number', name: 'Revenue', x: 6, y: 0, w: 3, h: 2 },
    {
      id: 't4',
      page: '/explore',
      chart: 'explore',
      query: 'metric=crashes&view=number',
      name: 'Crashes of 7 days',
      range: '7d',
      x: 9,
      y: 0,
      w: 3,
      h: 2,
    },
    { id: 't5', page: '/stickiness', chart: 'active', query: '', x: 0, y: 2, w: 6, h: 4 },
    { id: 't6', page: '/revenue', chart: 'revenue', query: 'compare=previous', x: 6, y: 2, w: 6, h: 4 },
    { id: 't7', page: '/retention', chart: 'curves', query: '', x: 0, y: 6, w: 6, h: 4 },
    { id: 't8', page: '/geo', chart: 'countries', query: '', x: 6, y: 6, w: 6, h: 4 },
  ],
};
