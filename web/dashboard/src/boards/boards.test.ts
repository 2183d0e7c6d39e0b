import { describe, expect, test, vi } from 'vitest';
import { ApiClient, keyCredentials } from '../api/client';
import { boardOfLink, exportText, importedBoards, linkText, readBoard, withChange, withoutTile, withTile, type Board } from './board';
import { browserStore } from './board_store';
import { compacted, moved, stepped, type Placed } from './layout';
import { storeBeside } from './published_store';
import { readyBoard } from './ready_board';

const place = (id: string, x: number, y: number, w: number, h: number): Placed => ({ id, x, y, w, h });
const at = (tiles: Placed[], id: string) => {
  const { x, y, w, h } = tiles.find((tile) => tile.id === id)!;
  return [x, y, w, h];
};
const overlap = (tiles: Placed[]) =>
  tiles.some((a, index) =>
    tiles.slice(index + 1).some((b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h),
  );

describe('layout', () => {
  const tiles = [place('a', 0, 0, 6, 3), place('b', 6, 0, 6, 2), place('c', 0, 3, 12, 2)];

  test('tiles go up as high as they can and keep their order', () => {
    expect(compacted([place('a', 0, 4, 6, 2), place('b', 0, 9, 6, 2)]).map(({ y }) => y)).toEqual([0, 2]);
    expect(compacted(tiles)).toEqual(tiles);
  });

  test('a tile that is moved pushes others out of its way; nothing overlaps wherever it goes', () => {
    for (let x = -2; x < 14; x += 1)
      for (let y = 0; y < 8; y += 1)
        for (const { id, w, h } of tiles) expect(overlap(moved(tiles, id, { x, y, w, h }))).toBe(false);
    expect(at(moved(tiles, 'b', { x: 3, y: 0, w: 6, h: 2 }), 'b')).toEqual([3, 0, 6, 2]);
    expect(at(moved(tiles, 'b', { x: 3, y: 0, w: 6, h: 2 }), 'a')).toEqual([0, 2, 6, 3]);
  });

  test('a size stays inside of the grid and readable', () => {
    expect(at(moved(tiles, 'b', { x: 6, y: 0, w: 99, h: 99 }), 'b')).toEqual([0, 0, 12, 12]);
    expect(at(moved(tiles, 'b', { x: 6, y: 0, w: 0, h: 0 }), 'b')).toEqual([6, 0, 3, 2]);
  });

  test('one key is one visible step, also past a tall tile; at the edge nothing happens', () => {
    const down = stepped(tiles, 'a', { x: 0, y: 1 });
    expect(at(down, 'c')[1]).toBeLessThan(at(down, 'a')[1]!);
    expect(at(stepped(down, 'a', { x: 0, y: -1 }), 'a')).toEqual([0, 0, 6, 3]);
    expect(stepped(tiles, 'a', { x: -1, y: 0 })).toBe(tiles);
    expect(stepped(tiles, 'c', { x: 0, y: 1 })).toBe(tiles);
  });
});

const board: Board = {
  id: 'b1',
  name: 'Ünder test',
  tiles: [
    { id: 't1', page: '/explore', chart: 'explore', query: 'metric=dau', name: 'Players', range: '7d', x: 0, y: 0, w: 6, h: 4 },
    { id: 't2', page: '/', chart: 'players', query: '', range: '2026-11-01..2026-11-03', x: 6, y: 0, w: 6, h: 4 },
  ],
};

describe('boards', () => {
  test('a link and a file hold all of a board, and nothing else of this browser', () => {
    expect(boardOfLink(linkText(board))).toEqual({ ...board, id: 'shared' });
    const [imported] = importedBoards(exportText([board]))!;
    expect(imported).toEqual({ ...board, id: imported!.id });
    expect(imported!.id).not.toBe('b1');
  });

  test('what is no board, of another version or cut off, is refused', () => {
    for (const text of ['', '1', '1.%%%', '9.e30', linkText(board).slice(0, 40)]) expect(boardOfLink(text)).toBeNull();
    for (const text of ['', '[]', '{"version":2,"boards":[]}', '{"version":1,"boards":[{"name":1}]}'])
      expect(importedBoards(text)).toBeNull();
  });

  test('of a board of somebody else only what is valid is taken, at places that do not meet', () => {
    const tile = { page: '/explore', chart: 'explore', query: '', x: 0, y: 0, w: 4, h: 3 };
    const read = readBoard({
      name: 'x',
      tiles: [tile, { ...tile, range: 'never', x: -5, w: 400 }, { ...tile, page: 'https://elsewhere' }, { ...tile, w: 'wide' }, 7],
    })!;
    expect(read.tiles).toHaveLength(2);
    expect(read.tiles[1]).not.toHaveProperty('range');
    expect(overlap(read.tiles)).toBe(false);
  });

  test('tiles come, change and go', () => {
    const { id: _id, ...tile } = board.tiles[0]!;
    const more = withTile(board, { ...tile, y: 9 });
    expect(more.tiles.map(({ id, y }) => [id, y])).toEqual([['t1', 0], ['t2', 0], ['t3', 4]]);
    expect(withoutTile(more, 't1').tiles.map(({ id, y }) => [id, y])).toEqual([['t2', 0], ['t3', 0]]);
    expect(withChange(board, 't1', { name: undefined }).tiles[0]).not.toHaveProperty('name');
  });
});

describe('the store of this browser', () => {
  test('a project begins with the ready board, keeps its own, and may have none', async () => {
    expect(await browserStore.list(7)).toEqual([readyBoard]);
    await browserStore.save(7, board);
    await browserStore.save(7, { ...board, name: 'Renamed' });
    expect((await browserStore.list(7)).map(({ name }) => name)).toEqual([readyBoard.name, 'Renamed']);
    expect(await browserStore.list(8)).toEqual([readyBoard]);
    await browserStore.remove(7, readyBoard.id);
    await browserStore.remove(7, 'b1');
    expect(await browserStore.list(7)).toEqual([]);
  });

  test('a change that cannot be kept is told', async () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    await expect(browserStore.save(9, board)).rejects.toThrow(/does not keep/);
  });
});

describe('boards of the server beside those of the browser', () => {
  const calls: string[] = [];
  let kept: Record<string, unknown> = {};
  const send = ((url: string, init: RequestInit) => {
    const id = new URL(url).pathname.split('/')[5] ?? '';
    calls.push(`${init.method} ${id}`);
    if (init.method === 'PUT') kept[id] = JSON.parse(String(init.body));
    if (init.method === 'DELETE') delete kept[id];
    const items = Object.entries(kept).map(([one, body]) => ({ id: one, body }));
    return Promise.resolve(new Response(JSON.stringify({ items })));
  }) as typeof fetch;
  const store = storeBeside(browserStore, new ApiClient('http://h/', keyCredentials('gm_pk_1'), send));
  const mine: Board = { id: 'b9', name: 'Mine', tiles: [] };

  test('one that is published is the server’s from then on, and its changes go there', async () => {
    kept = {};
    await store.save(31, mine);
    expect((await store.list(31)).map(({ name, published }) => [name, published])).toEqual([
      [readyBoard.name, undefined],
      ['Mine', undefined],
    ]);
    expect(Object.keys(kept)).toEqual([]);
    await store.publish(31, mine);
    expect(kept).toEqual({ b9: { id: 'b9', name: 'Mine', tiles: [] } });
    const first = (await store.list(31))[0]!;
    expect(first).toEqual({ ...mine, published: true });
    await store.save(31, { ...first, name: 'Ours' });
    expect(kept).toEqual({ b9: { id: 'b9', name: 'Ours', tiles: [] } });
    expect((await browserStore.list(31)).map(({ id }) => id)).toEqual([readyBoard.id]);
    await store.remove(31, 'b9');
    expect(kept).toEqual({});
  });

  test('what on the server is no board is left out, and a server without any is none', async () => {
    kept = { x: 5, y: { name: 'No tiles' } };
    expect((await store.list(32)).map(({ id }) => id)).toEqual([readyBoard.id]);
    const old = new ApiClient('http://h/', keyCredentials('gm_pk_1'), () => Promise.resolve(new Response('{}', { status: 404 })));
    expect((await storeBeside(browserStore, old).list(32)).map(({ id }) => id)).toEqual([readyBoard.id]);
  });
});
